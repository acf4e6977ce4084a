// The IPv4 header: offsets, a value, reading with upstream's reasons for what cannot be read, writing.
// Interpreter thread. Read first: RFC 791 3.1.
import { WireError } from '../errors.js'
import { ipv4Checksum } from './checksum.js'

/** Field offsets in octets (RFC 791 3.1). Options are never written. */
export const Ipv4 = {
  versionAndLength: 0,
  tos: 1,
  totalLength: 2,
  id: 4,
  fragment: 6,
  ttl: 8,
  protocol: 9,
  checksum: 10,
  source: 12,
  destination: 16,
  size: 20,
} as const

export const PROTOCOL_TCP = 6

export interface Ipv4Header {
  /** Octets. */
  readonly headerLength: number
  readonly tos: number
  totalLength: number
  readonly ttl: number
  readonly protocol: number
  /** As 32-bit numbers in host order. */
  readonly source: number
  readonly destination: number
}

/** `octets[0, length)` must start with an IPv4 header. WireError with upstream's reason (2-packets.md 5.1). */
export function readIpv4(octets: Uint8Array, length: number): Ipv4Header {
  if (length < Ipv4.size) throw new WireError('IP header overflows packet')
  const headerLength = ((octets[0] as number) & 15) * 4
  if (headerLength < Ipv4.size) throw new WireError('IP header too short')
  if (headerLength > length) throw new WireError('Full IP header overflows packet')
  const totalLength = u16(octets, Ipv4.totalLength)
  if (totalLength > length) throw new WireError('IP payload overflows packet')
  if (headerLength > totalLength) throw new WireError('IP header bigger than datagram')
  const fragment = u16(octets, Ipv4.fragment)
  if ((fragment & 0x2000) !== 0) throw new WireError('More fragments remaining')
  if ((fragment & 0x1fff) !== 0) throw new WireError('Non-zero fragment offset')
  if (ipv4Checksum(octets, 0, headerLength) !== 0) throw new WireError('Bad IP checksum')
  return {
    headerLength,
    tos: octets[Ipv4.tos] as number,
    totalLength,
    ttl: octets[Ipv4.ttl] as number,
    protocol: octets[Ipv4.protocol] as number,
    source: u32(octets, Ipv4.source),
    destination: u32(octets, Ipv4.destination),
  }
}

/** Writes an option-less header for `totalLength` octets; addresses and checksum stay 0 until the packet is made live. */
export function writeIpv4(into: Uint8Array, totalLength: number, protocol: number, tos: number, ttl: number): void {
  into.fill(0, 0, Ipv4.size)
  into[0] = 0x45
  into[Ipv4.tos] = tos
  put16(into, Ipv4.totalLength, totalLength)
  into[Ipv4.ttl] = ttl
  into[Ipv4.protocol] = protocol
}

/** Dotted text to a 32-bit number, or null where it is no IPv4 address. */
export function parseIpv4Address(text: string): number | null {
  const parts = text.split('.')
  if (parts.length !== 4) return null
  let address = 0
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return null
    address = address * 256 + Number(part)
  }
  return address
}

export function ipv4Text(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.')
}

export const u16 = (octets: Uint8Array, at: number) => ((octets[at] as number) << 8) | (octets[at + 1] as number)
export const u32 = (octets: Uint8Array, at: number) => (u16(octets, at) * 0x10000 + u16(octets, at + 2)) >>> 0

export function put16(octets: Uint8Array, at: number, value: number): void {
  octets[at] = value >>> 8
  octets[at + 1] = value
}

export function put32(octets: Uint8Array, at: number, value: number): void {
  put16(octets, at, value >>> 16)
  put16(octets, at + 2, value)
}
