// How long a stack takes from a SYN that is handed to it to its SYN-ACK in the tester's hands: the same few lines over the
// product's Host face of both, in one thread. lwIP: two rings and a spinning thread between, in wall time. Kernel: a write
// to tun0 and a read from the packet socket. Each SYN comes from another port, and a RST ends the connection, untimed.
import { CallRecord } from '../../packages/engine/dist/call/record.js'
import { socketAddress } from '../../packages/engine/dist/call/socket-calls.js'
import { DpdkHost } from '../../packages/engine/dist/host/dpdk-host.js'
import { KernelHost } from '../../packages/engine/dist/host/kernel-host.js'
import { addWords, fold, transportChecksum } from '../../packages/engine/dist/wire/checksum.js'
import { Ipv4, PROTOCOL_TCP, put16, put32, u16, writeIpv4 } from '../../packages/engine/dist/wire/ipv4.js'
import { Flag, Tcp } from '../../packages/engine/dist/wire/tcp.js'
import { raisePriority } from '../../packages/kernel-native/dist/index.js'
import { summary } from './figures.mjs'
import { defaults, withLwip } from './lwip-instance.mjs'
import { onInterpreterThread } from './on-interpreter-thread.mjs'

const WARM_UP = 3000
const ROUNDS = 30_000
const STACK_PORT = 8080
const FIRST_PORT = 10_000
const PORTS = 50_000
const MSS_1460 = [2, 4, 0x05, 0xb4]
const PATIENCE_US = 1_000_000

export async function measure(stacks) {
  const rows = []
  const row = (measure, { median, p99, ...rest }, aim) =>
    rows.push({ measure, median, p99, unit: 'µs', aim, raw: { median, p99, ...rest } })
  const kernel = stacks.has('kernel') ? await onInterpreterThread(import.meta.url, 'kernelSynAcks') : null
  if (kernel !== null) row('SYN to SYN-ACK (kernel)', kernel, null)
  if (stacks.has('lwip')) {
    const { answer } = await withLwip('wall', import.meta.url, 'lwipSynAcks')
    const most = kernel === null ? null : kernel.median / 3
    row(
      'SYN to SYN-ACK (lwip)',
      answer,
      most === null ? null : { figure: 'median', most, is: "a third of the kernel's" },
    )
  }
  return rows
}

/** Interpreter thread. */
export function kernelSynAcks() {
  raisePriority()
  const { addresses, options } = defaults()
  return synAcks(new KernelHost(addresses, options), addresses)
}

/** Interpreter thread. */
export function lwipSynAcks({ host }) {
  return synAcks(new DpdkHost(host), defaults().addresses)
}

function synAcks(host, addresses) {
  try {
    listen(host, addresses)
    host.start()
    host.waitUntil(0)
    for (let i = 0; i < WARM_UP; i++) exchange(host, addresses, FIRST_PORT + (i % PORTS))
    const us = new Float64Array(ROUNDS)
    for (let i = 0; i < ROUNDS; i++) us[i] = exchange(host, addresses, FIRST_PORT + ((WARM_UP + i) % PORTS))
    return summary(us)
  } finally {
    host.close()
  }
}

function listen(host, { localIp }) {
  const record = new CallRecord(host.callRecord)
  const call = (...words) => {
    record.begin(...words)
    if (words[0] === 'bind') record.put(socketAddress(localIp, STACK_PORT))
    host.call()
    if (record.result < 0) throw new Error(`${words[0]}: errno ${record.errno}`)
    return record.result
  }
  const fd = call('socket', -1, 2, 1, PROTOCOL_TCP)
  call('bind', fd)
  call('listen', fd, 16)
}

/** Microseconds from SYN to SYN-ACK. */
function exchange(host, addresses, port) {
  const length = writeSegment(host.packet, addresses, port, Flag.syn, 0, MSS_1460)
  const before = process.hrtime.bigint()
  host.inject(length)
  let seen
  do {
    seen = host.sniff(PATIENCE_US)
  } while (seen !== 0 && !isSynAck(host.packet, port))
  const after = process.hrtime.bigint()
  if (seen === 0) throw new Error('no SYN-ACK')
  host.inject(writeSegment(host.packet, addresses, port, Flag.rst, 1, []))
  return Number(after - before) / 1000
}

function isSynAck(packet, port) {
  return (
    packet[Ipv4.protocol] === PROTOCOL_TCP &&
    u16(packet, Ipv4.size + Tcp.destinationPort) === port &&
    packet[Ipv4.size + Tcp.offsetAndFlags + 1] === (Flag.syn | Flag.ack)
  )
}

/** A segment of the tester's without payload; returns its length. */
function writeSegment(into, { localIp, remoteIp }, port, flags, seq, options) {
  const header = Tcp.options + options.length
  const length = Ipv4.size + header
  const at = Ipv4.size
  writeIpv4(into, length, PROTOCOL_TCP, 0, 255)
  put32(into, Ipv4.source, remoteIp)
  put32(into, Ipv4.destination, localIp)
  into.fill(0, at, length)
  put16(into, at + Tcp.sourcePort, port)
  put16(into, at + Tcp.destinationPort, STACK_PORT)
  put32(into, at + Tcp.seq, seq)
  into[at + Tcp.offsetAndFlags] = (header / 4) << 4
  into[at + Tcp.offsetAndFlags + 1] = flags
  put16(into, at + Tcp.window, 65535)
  into.set(options, at + Tcp.options)
  put16(into, Ipv4.checksum, fold(addWords(into, 0, Ipv4.size, 0)))
  put16(into, at + Tcp.checksum, transportChecksum(into, Ipv4.source, at, length, PROTOCOL_TCP))
  return length
}
