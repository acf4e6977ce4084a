// The IPv6 header, without extension headers: offsets, a value, reading with upstream's reasons, writing.
// Interpreter thread. Read first: RFC 8200 3.
import { WireError } from '../errors.js'
import type { IpAddress } from './address.js'
import type { IpFields } from './ipv4.js'
import { put16, put32, u16, u32 } from './octets.js'

/** Field offsets in octets (RFC 8200 3). */
export const Ipv6 = {
  /** Version, traffic class, flow label. */
  first: 0,
  payloadLength: 4,
  nextHeader: 6,
  hopLimit: 7,
  source: 8,
  destination: 24,
  size: 40,
} as const

export interface Ipv6Header {
  readonly type: 'ipv6'
  /** Octets: always 40. */
  readonly headerLength: number
  /** The traffic class. */
  readonly tos: number
  /** 20 bits. */
  readonly flowLabel: number
  /** Octets of the whole packet, this header included. */
  readonly totalLength: number
  /** The hop limit. */
  readonly ttl: number
  /** The next header. */
  readonly protocol: number
  readonly source: IpAddress
  readonly destination: IpAddress
}

/** Reads the header in octets[start, end). WireError with upstream's reason (2-packets.md 5.1). */
export function readIpv6(octets: Uint8Array, start: number, end: number): Ipv6Header {
  if (end - start < Ipv6.size) throw new WireError('IPv6 header overflows packet')
  const header = ipv6HeaderAt(octets, start)
  if (header.totalLength > end - start) throw new WireError('IPv6 payload overflows packet')
  return header
}

/** What stands in a header; at least Ipv6.size octets. */
export function ipv6HeaderAt(octets: Uint8Array, at: number): Ipv6Header {
  const first = u32(octets, at)
  return {
    type: 'ipv6',
    headerLength: Ipv6.size,
    tos: (first >>> 20) & 255,
    flowLabel: first & 0xfffff,
    totalLength: Ipv6.size + u16(octets, at + Ipv6.payloadLength),
    ttl: octets[at + Ipv6.hopLimit] as number,
    protocol: octets[at + Ipv6.nextHeader] as number,
    source: octets.slice(at + Ipv6.source, at + Ipv6.destination),
    destination: octets.slice(at + Ipv6.destination, at + Ipv6.size),
  }
}

/** Writes a header; the addresses are 0 until they are set. */
export function writeIpv6(into: Uint8Array, at: number, fields: IpFields, flowLabel: number): void {
  put32(into, at, (0x60000000 | (fields.tos << 20) | flowLabel) >>> 0)
  put16(into, at + Ipv6.payloadLength, fields.totalLength - Ipv6.size)
  into[at + Ipv6.nextHeader] = fields.protocol
  into[at + Ipv6.hopLimit] = fields.ttl
}
