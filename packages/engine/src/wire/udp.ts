// The UDP header: offsets, a value, reading with upstream's reasons, writing. Interpreter thread. Read first: RFC 768.
import { WireError } from '../errors.js'
import { put16, u16 } from './octets.js'

/** Field offsets in octets (RFC 768). */
export const Udp = { sourcePort: 0, destinationPort: 2, length: 4, checksum: 6, size: 8 } as const

export interface UdpDatagram {
  readonly type: 'udp'
  readonly sourcePort: number
  readonly destinationPort: number
  /** The header's own length field: octets, header included. */
  readonly length: number
  /** Octets. */
  readonly payloadLength: number
}

/** Reads the datagram in octets[start, end). WireError with upstream's reason (2-packets.md 5.1). */
export function readUdp(octets: Uint8Array, start: number, end: number): UdpDatagram {
  if (end - start < Udp.size) throw new WireError('Truncated UDP header')
  const length = u16(octets, start + Udp.length)
  if (length < Udp.size) throw new WireError('UDP datagram length too small for UDP header')
  if (length < end - start) throw new WireError('UDP datagram length too small')
  if (length > end - start) throw new WireError('UDP datagram length too big')
  return udpAt(octets, start, end)
}

/** What stands in a header, sound or not. */
export function udpAt(octets: Uint8Array, at: number, end: number): UdpDatagram {
  return {
    type: 'udp',
    sourcePort: u16(octets, at + Udp.sourcePort),
    destinationPort: u16(octets, at + Udp.destinationPort),
    length: u16(octets, at + Udp.length),
    payloadLength: end - at - Udp.size,
  }
}

/** Writes a header; the checksum stays 0. */
export function writeUdp(into: Uint8Array, at: number, ports: readonly [number, number], payloadLength: number): void {
  put16(into, at + Udp.sourcePort, ports[0])
  put16(into, at + Udp.destinationPort, ports[1])
  put16(into, at + Udp.length, Udp.size + payloadLength)
}
