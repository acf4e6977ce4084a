// Hand-made IPv4 TCP segments for tests that drive a native host directly. Pure, and apart from the engine's wire and flow
// rooms: what those make and read is not judged by themselves.
// Read first: RFC 791 3.1; RFC 9293 3.1.

/** The stack under test. */
export const LOCAL = '192.168.0.2'
export const GATEWAY = '192.168.0.1'
/** The tester's end. */
export const REMOTE = '192.0.2.1'
/** What the stack listens on. */
export const PORT = 8080

export const AF_INET = 2
export const SOCK_STREAM = 1
export const SOCK_DGRAM = 2
export const SOCK_NONBLOCK = 0x800

export const FIN = 1
export const SYN = 2
export const RST = 4
export const PSH = 8
export const ACK = 16
export const MSS_1460 = Uint8Array.from([2, 4, 0x05, 0xb4])

const octetsOf = (ip: string) => Uint8Array.from(ip.split('.').map(Number))

/** A struct sockaddr_in. */
export function sockaddr(ip: string, port: number): Uint8Array {
  const address = new Uint8Array(16)
  const view = new DataView(address.buffer)
  view.setUint16(0, AF_INET, true)
  view.setUint16(2, port)
  address.set(octetsOf(ip), 4)
  return address
}

interface Segment {
  sourcePort: number
  destinationPort?: number
  flags: number
  seq: number
  ack?: number
  window?: number
  options?: Uint8Array
  payload?: number
}

/** A segment from the tester to the stack, checksums filled in; the payload is zeros. */
export function tcp({
  sourcePort,
  destinationPort = PORT,
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
  packet.set(octetsOf(REMOTE), 12)
  packet.set(octetsOf(LOCAL), 16)
  view.setUint16(20, sourcePort)
  view.setUint16(22, destinationPort)
  view.setUint32(24, seq >>> 0)
  view.setUint32(28, ack >>> 0)
  packet[32] = ((20 + options.length) / 4) << 4
  packet[33] = flags
  view.setUint16(34, window)
  packet.set(options, 40)
  view.setUint16(10, checksum(packet.subarray(0, 20), 0))
  // From the addresses on, with the rest of the pseudo header as the sum's start.
  view.setUint16(36, checksum(packet.subarray(12), 6 + packet.length - 20))
  return packet
}

/** An ICMP echo request from the tester, RFC 792; the payload is zeros. */
export function echoRequest(id: number, payload: number) {
  const packet = new Uint8Array(28 + payload)
  const view = new DataView(packet.buffer)
  packet.set([0x45, 0, 0, 0, 0, 0, 0, 0, 255, 1])
  view.setUint16(2, packet.length)
  packet.set(octetsOf(REMOTE), 12)
  packet.set(octetsOf(LOCAL), 16)
  packet[20] = 8
  view.setUint16(24, id)
  view.setUint16(10, checksum(packet.subarray(0, 20), 0))
  view.setUint16(22, checksum(packet.subarray(20), 0))
  return packet
}

function checksum(data: Uint8Array, start: number): number {
  let sum = start
  for (let i = 0; i < data.length; i += 2) sum += (data[i]! << 8) | (data[i + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

/** What tests ask about a segment that the stack has sent; `payload` in octets. */
export function parseTcp(packet: Uint8Array) {
  const view = new DataView(packet.buffer, packet.byteOffset)
  const header = (packet[0]! & 15) * 4
  return {
    sourcePort: view.getUint16(header),
    destinationPort: view.getUint16(header + 2),
    seq: view.getUint32(header + 4),
    ack: view.getUint32(header + 8),
    flags: packet[header + 13]!,
    payload: view.getUint16(2) - header - (packet[header + 12]! >> 4) * 4,
  }
}
