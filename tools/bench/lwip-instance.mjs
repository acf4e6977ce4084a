// A fresh lwIP on the product's own host thread, for sections that drive the Host themselves. Main thread of a section.
import { stackPath } from '../../packages/dpdk-native/dist/index.js'
import { createChannel } from '../../packages/engine/dist/host/channel.js'
import { DpdkWorker } from '../../packages/engine/dist/host/dpdk-worker.js'
import { addressesOf, distinctGateway } from '../../packages/engine/dist/run/addresses.js'
import { freshOptions } from '../../packages/engine/dist/run/options.js'
import { addressText } from '../../packages/engine/dist/wire/address.js'
import { onInterpreterThread } from './on-interpreter-thread.mjs'

/** The host thread: one per process, as in a run's process. */
let worker

/** Addresses and options as a run has them that was given none. */
export function defaults() {
  const options = freshOptions()
  return { options, addresses: addressesOf(options, true) }
}

/**
 * Calls `name` of `section` on an interpreter thread, with `task` and the channel of a new instance in it. The function
 * must close its DpdkHost: that ends the instance. `task.host` makes a DpdkHost, and is what carryOut wants to know of it.
 */
export async function withLwip(clock, section, name, task = {}) {
  worker ??= new DpdkWorker()
  const { options, addresses } = defaults()
  const [channel, admin] = [createChannel(), createChannel()]
  const stack = await worker.open({
    soPath: stackPath('libluna.so'),
    stackOptions: '',
    clock,
    localIp: addressText(addresses.localIp),
    prefixLength: addresses.prefixLength,
    gatewayIp: distinctGateway(addresses),
    remoteIp: addressText(addresses.remoteIp),
    mtu: options.mtu,
    channel,
    admin,
  })
  const answer = await onInterpreterThread(section, name, {
    ...task,
    host: { kind: 'userspace', channel, clock, stack: stack.name, admin: null, capabilities: stack.capabilities },
  })
  await worker.closed()
  return { stack, answer }
}
