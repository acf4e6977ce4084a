// A KernelHost with what a test needs around it: calls by name, and hand-made IPv4 TCP segments.
import { Call, CallOp } from '../../../engine/src/host/layout.js'
import { KernelHost, type KernelHostOptions } from '../../src/index.js'

export const LOCAL = '192.168.0.2'
export const REMOTE = '192.0.2.1'
export const PORT = 8080

const AF_INET = 2
const SOCK_STREAM = 1
const SOL_SOCKET = 1
const SO_REUSEADDR = 2

/** Whether this process may make a kernel host at all; if not, why. */
export function refusal(): string | undefined {
  try {
    openHost().close()
    return undefined
  } catch (error) {
    return (error as { code: string }).code
  }
}

export type Bench = ReturnType<typeof openBench>

export function options(overrides: Partial<KernelHostOptions> = {}): KernelHostOptions {
  return {
    family: 'ipv4',
    localIp: LOCAL,
    prefixLength: 16,
    gatewayIp: '192.168.0.1',
    remoteIp: REMOTE,
    remotePrefixLength: 24,
    mtu: 1500,
    call: new Uint8Array(Call.size),
    blockingCall: new Uint8Array(Call.size),
    packet: new Uint8Array(65536 + 64),
    ...overrides,
  }
}

export function openHost(overrides: Partial<KernelHostOptions> = {}): KernelHost {
  return new KernelHost(options(overrides))
}

export interface Fields {
  fd?: number
  args?: number[]
  data?: Uint8Array
  outCapacity?: number
}

export function writeCall(
  record: Uint8Array,
  op: keyof typeof CallOp,
  { fd = -1, args = [], data, outCapacity }: Fields,
) {
  const view = new DataView(record.buffer, record.byteOffset)
  view.setUint32(Call.op, CallOp[op], true)
  view.setInt32(Call.fd, fd, true)
  for (let i = 0; i < 4; i++) view.setInt32(Call.arg0 + 4 * i, args[i] ?? 0, true)
  view.setUint32(Call.inLength, data?.length ?? 0, true)
  view.setUint32(Call.outCapacity, outCapacity ?? Call.size - Call.data, true)
  if (data) record.set(data, Call.data)
}

export function readCall(record: Uint8Array) {
  const view = new DataView(record.buffer, record.byteOffset)
  const outLength = view.getUint32(Call.outLength, true)
  return {
    result: view.getInt32(Call.result, true),
    errno: view.getInt32(Call.errno, true),
    startUs: view.getFloat64(Call.startUs, true),
    returnUs: view.getFloat64(Call.returnUs, true),
    data: record.slice(Call.data, Call.data + outLength),
  }
}

export function openBench(overrides: Partial<KernelHostOptions> = {}) {
  const filled = options(overrides)
  const host = new KernelHost(filled)
  const call = (op: keyof typeof CallOp, fields: Fields = {}) => {
    writeCall(filled.call, op, fields)
    host.call()
    return readCall(filled.call)
  }
  const inject = (packet: Uint8Array) => {
    filled.packet.set(packet)
    host.inject(packet.length)
  }
  /** The next TCP segment that the stack sends; other packets (IPv6 chatter) are passed over. */
  const sniffTcp = (timeoutUs = 2e6) => {
    for (;;) {
      const length = host.sniff(timeoutUs)
      if (length === 0) return undefined
      if (filled.packet[0]! >> 4 === 4 && filled.packet[9] === 6) {
        return { ...parseTcp(filled.packet.slice(0, length)), atUs: host.sniffedAtUs() }
      }
    }
  }
  const listener = () => {
    const fd = call('socket', { args: [AF_INET, SOCK_STREAM, 0] }).result
    call('setsockopt', { fd, args: [SOL_SOCKET, SO_REUSEADDR, 4], data: new Uint8Array([1, 0, 0, 0]) })
    call('bind', { fd, data: sockaddr('0.0.0.0', PORT) })
    call('listen', { fd, args: [1] })
    return fd
  }
  /** A connection to a listener, up to the last ACK. The tester's next sequence number is 1. */
  const handshake = (port: number) => {
    inject(tcp({ sourcePort: port, flags: SYN, seq: 0, options: MSS_1460 }))
    const synAck = sniffTcp()
    if (synAck === undefined) throw new Error('no SYN-ACK')
    inject(tcp({ sourcePort: port, flags: ACK, seq: 1, ack: synAck.seq + 1 }))
    return synAck
  }
  return { host, call, inject, sniffTcp, listener, handshake, options: filled }
}

export function sockaddr(ip: string, port: number): Uint8Array {
  const address = new Uint8Array(16)
  const view = new DataView(address.buffer)
  view.setUint16(0, AF_INET, true)
  view.setUint16(2, port)
  address.set(octets(ip), 4)
  return address
}

const octets = (ip: string) => Uint8Array.from(ip.split('.').map(Number))

export const FIN = 1
export const SYN = 2
export const RST = 4
export const ACK = 16
export const MSS_1460 = Uint8Array.from([2, 4, 0x05, 0xb4])

interface Segment {
  sourcePort: number
  flags: number
  seq: number
  ack?: number
  window?: number
  options?: Uint8Array
  payload?: number
}

/** A segment from the tester to the stack's PORT, checksums filled in; the payload is zeros. */
export function tcp({
  sourcePort,
  flags,
  seq,
  ack = 0,
  window = 65535,
  options = new Uint8Array(0),
  payload = 0,
}: Segment) {
  const packet = new Uint8Array(40 + options.length + payload)
  const view = new DataView(packet.buffer)
  packet.set([0x45, 0, 0, 0, 0, 0, 0, 0, 255, 6])
  view.setUint16(2, packet.length)
  packet.set(octets(REMOTE), 12)
  packet.set(octets(LOCAL), 16)
  view.setUint16(20, sourcePort)
  view.setUint16(22, PORT)
  view.setUint32(24, seq >>> 0)
  view.setUint32(28, ack >>> 0)
  packet[32] = ((20 + options.length) / 4) << 4
  packet[33] = flags
  view.setUint16(34, window)
  packet.set(options, 40)
  view.setUint16(10, checksum(packet.subarray(0, 20), 0))
  const pseudo = 6 + packet.length - 20
  view.setUint16(36, checksum(packet.subarray(12), pseudo))
  return packet
}

function checksum(data: Uint8Array, start: number): number {
  let sum = start
  for (let i = 0; i < data.length; i += 2) sum += (data[i]! << 8) | (data[i + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

function parseTcp(packet: Uint8Array) {
  const view = new DataView(packet.buffer)
  const header = (packet[0]! & 15) * 4
  const words = packet[header + 12]! >> 4
  return {
    sourcePort: view.getUint16(header),
    destinationPort: view.getUint16(header + 2),
    seq: view.getUint32(header + 4),
    ack: view.getUint32(header + 8),
    flags: packet[header + 13]!,
    payload: view.getUint16(2) - header - words * 4,
  }
}
