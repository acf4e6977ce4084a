// How long a stack takes over one exchange: from a SYN that is handed to it to its SYN-ACK in the tester's hands, and from
// write() to the segment in the tester's hands. The same few lines over the product's Host face of both, in one thread.
// lwIP: two rings and a spinning thread between, in wall time. Kernel: system calls, a write to tun0 and a read from the
// packet socket. Each SYN comes from another port, and a RST ends its connection, untimed; so is a write's acknowledgement, and
// a rest in which the stack does with either what it has to: lwIP's thread works while the tester goes on.
import { CallRecord } from '../../packages/engine/dist/call/record.js'
import { socketAddress } from '../../packages/engine/dist/call/socket-address.js'
import { DpdkHost } from '../../packages/engine/dist/host/dpdk-host.js'
import { KernelHost } from '../../packages/engine/dist/host/kernel-host.js'
import { transportChecksum } from '../../packages/engine/dist/wire/checksum.js'
import { Ipv4, sealIpv4, writeIpv4 } from '../../packages/engine/dist/wire/ipv4.js'
import { put16, u16, u32 } from '../../packages/engine/dist/wire/octets.js'
import { Protocol } from '../../packages/engine/dist/wire/protocol.js'
import { Flag, Tcp, writeTcp } from '../../packages/engine/dist/wire/tcp.js'
import { raisePriority } from '../../packages/kernel-native/dist/index.js'
import { summary } from './figures.mjs'
import { defaults, withLwip } from './lwip-instance.mjs'
import { onInterpreterThread } from './on-interpreter-thread.mjs'

const WARM_UP = 3000
const ROUNDS = 30_000
const STACK_PORT = 8080
const FIRST_PORT = 10_000
const PORTS = 50_000
const OWN_PORT = 9000
const WRITTEN = 1000
const MSS_1460 = [2, 4, 0x05, 0xb4]
const PATIENCE_US = 1_000_000
const REST_NS = 5000n

export async function measure(stacks) {
  const kernel = stacks.has('kernel') ? await onInterpreterThread(import.meta.url, 'onKernel', null) : null
  const lwip = stacks.has('lwip') ? (await withLwip('wall', import.meta.url, 'onLwip')).answer : null
  return ['SYN to SYN-ACK', 'write to segment'].flatMap((measure, i) => {
    const row = (stack, { median, p99, ...rest }, aim) => ({
      measure: `${measure} (${stack})`,
      median,
      p99,
      unit: 'µs',
      aim,
      raw: { median, p99, ...rest },
    })
    const third = kernel && { figure: 'median', most: kernel[i].median / 3, is: "a third of the kernel's" }
    return [...(kernel ? [row('kernel', kernel[i], null)] : []), ...(lwip ? [row('lwip', lwip[i], third)] : [])]
  })
}

/** Interpreter thread. */
export function onKernel() {
  raisePriority()
  const { addresses, options } = defaults()
  return exchanges(new KernelHost(addresses, options), addresses)
}

/** Interpreter thread. */
export function onLwip({ host }) {
  return exchanges(new DpdkHost(host), defaults().addresses)
}

/** Both figures, in the order of the rows. */
function exchanges(host, addresses) {
  try {
    const call = callerOf(host, addresses)
    const listener = call('socket', -1, 2, 1, Protocol.tcp)
    call('bind', listener)
    call('listen', listener, 16)
    host.start()
    host.waitUntil(0)
    const connection = connect(host, addresses, call, listener)
    return [
      timed((i) => synAck(host, addresses, FIRST_PORT + (i % PORTS))),
      timed(() => written(host, addresses, call, connection)),
    ]
  } finally {
    host.close()
  }
}

function timed(exchange) {
  for (let i = 0; i < WARM_UP; i++) exchange(i)
  const us = new Float64Array(ROUNDS)
  for (let i = 0; i < ROUNDS; i++) us[i] = exchange(WARM_UP + i)
  return summary(us)
}

function callerOf(host, { localIp }) {
  const record = new CallRecord(host.callRecord)
  return (name, fd, ...rest) => {
    const [arg0, arg1, arg2] = rest
    record.begin(name, fd, arg0, arg1, arg2)
    if (name === 'bind') record.put(socketAddress(localIp, STACK_PORT))
    host.call()
    if (record.result < 0) throw new Error(`${name}: errno ${record.errno}`)
    return record.result
  }
}

/** The next packet of the stack's to `port` with these flags, in host.packet. */
function expectSegment(host, port, flags) {
  do {
    if (host.sniff(PATIENCE_US) === 0) throw new Error(`no segment to port ${port}`)
  } while (!isTo(host.packet, port, flags))
}

/** A connection that has been accepted: its descriptor, and what its next segment of data will be acknowledged with. */
function connect(host, addresses, call, listener) {
  host.inject(writeSegment(host.packet, addresses, OWN_PORT, Flag.syn, 0, 0, MSS_1460))
  expectSegment(host, OWN_PORT, Flag.syn | Flag.ack)
  const ack = u32(host.packet, Ipv4.size + Tcp.seq) + 1
  host.inject(writeSegment(host.packet, addresses, OWN_PORT, Flag.ack, 1, ack, []))
  return { fd: call('accept', listener), ack }
}

/** Microseconds from write() to the segment that it causes. */
function written(host, addresses, call, connection) {
  const before = process.hrtime.bigint()
  call('write', connection.fd, WRITTEN)
  expectSegment(host, OWN_PORT, Flag.psh | Flag.ack)
  const after = process.hrtime.bigint()
  connection.ack = (connection.ack + WRITTEN) >>> 0
  host.inject(writeSegment(host.packet, addresses, OWN_PORT, Flag.ack, 1, connection.ack, []))
  rest(after)
  return Number(after - before) / 1000
}

/** Microseconds from SYN to SYN-ACK. */
function synAck(host, addresses, port) {
  const length = writeSegment(host.packet, addresses, port, Flag.syn, 0, 0, MSS_1460)
  const before = process.hrtime.bigint()
  host.inject(length)
  expectSegment(host, port, Flag.syn | Flag.ack)
  const after = process.hrtime.bigint()
  host.inject(writeSegment(host.packet, addresses, port, Flag.rst, 1, 0, []))
  rest(after)
  return Number(after - before) / 1000
}

function rest(since) {
  while (process.hrtime.bigint() < since + REST_NS);
}

function isTo(packet, port, flags) {
  return (
    packet[Ipv4.protocol] === Protocol.tcp &&
    u16(packet, Ipv4.size + Tcp.destinationPort) === port &&
    packet[Ipv4.size + Tcp.offsetAndFlags + 1] === flags
  )
}

/** A segment of the tester's without payload; returns its length. */
function writeSegment(into, { localIp, remoteIp }, sourcePort, flags, seq, ack, options) {
  const at = Ipv4.size
  const length = at + Tcp.options + options.length
  into.fill(0, 0, length)
  writeIpv4(into, 0, { totalLength: length, protocol: Protocol.tcp, tos: 0, ttl: 255 })
  into.set(remoteIp, Ipv4.source)
  into.set(localIp, Ipv4.destination)
  sealIpv4(into, 0)
  const rest = { destinationPort: STACK_PORT, reserved: 0, window: 65535, urgent: 0 }
  writeTcp(into, at, { sourcePort, flags, seq, ack, ...rest }, options.length)
  into.set(options, at + Tcp.options)
  put16(into, at + Tcp.checksum, transportChecksum(into, Ipv4.source, Ipv4.size, at, length, Protocol.tcp))
  return length
}
