// The IPv4 header: offsets, a value, reading with upstream's reasons for what cannot be read, writing.
// Interpreter thread. Read first: RFC 791 3.1.
import { WireError } from '../errors.js'
import type { IpAddress } from './address.js'
import { addWords, fold } from './checksum.js'
import { put16, u16 } from './octets.js'

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

export interface Ipv4Header {
  readonly type: 'ipv4'
  /** Octets. */
  readonly headerLength: number
  readonly tos: number
  /** Octets of the whole packet, this header included. */
  readonly totalLength: number
  readonly ttl: number
  readonly protocol: number
  readonly source: IpAddress
  readonly destination: IpAddress
}

/** Reads the header in octets[start, end). WireError with upstream's reason (2-packets.md 5.1). */
export function readIpv4(octets: Uint8Array, start: number, end: number): Ipv4Header {
  const length = end - start
  if (length < 1) throw new WireError('IP header too short')
  const header = ipv4HeaderAt(octets, start)
  const { headerLength, totalLength } = header
  if (headerLength < Ipv4.size) throw new WireError('IP header too short')
  if (headerLength > length) throw new WireError('Full IP header overflows packet')
  if (totalLength > length) throw new WireError('IP payload overflows packet')
  if (headerLength > totalLength) throw new WireError('IP header bigger than datagram')
  const fragment = u16(octets, start + Ipv4.fragment)
  if ((fragment & 0x2000) !== 0) throw new WireError('More fragments remaining')
  if ((fragment & 0x1fff) !== 0) throw new WireError('Non-zero fragment offset')
  if (ipv4Checksum(octets, start, headerLength) !== 0) throw new WireError('Bad IP checksum')
  return header
}

/** What stands in a header, sound or not; at least Ipv4.size octets. */
export function ipv4HeaderAt(octets: Uint8Array, at: number): Ipv4Header {
  return {
    type: 'ipv4',
    headerLength: ((octets[at] as number) & 15) * 4,
    tos: octets[at + Ipv4.tos] as number,
    totalLength: u16(octets, at + Ipv4.totalLength),
    ttl: octets[at + Ipv4.ttl] as number,
    protocol: octets[at + Ipv4.protocol] as number,
    source: octets.slice(at + Ipv4.source, at + Ipv4.destination),
    destination: octets.slice(at + Ipv4.destination, at + Ipv4.size),
  }
}

/** What is written of a header of either version. */
export interface IpFields {
  /** Octets of the whole packet, this header included. */
  readonly totalLength: number
  readonly protocol: number
  readonly tos: number
  readonly ttl: number
}

/** Writes an option-less header; addresses and checksum are 0 until they are set. Octets of `into` there must be 0. */
export function writeIpv4(into: Uint8Array, at: number, { totalLength, protocol, tos, ttl }: IpFields): void {
  into[at] = 0x45
  into[at + Ipv4.tos] = tos
  put16(into, at + Ipv4.totalLength, totalLength)
  into[at + Ipv4.ttl] = ttl
  into[at + Ipv4.protocol] = protocol
}

/** Checksum of a header of `length` octets at `start`; the field itself must be zero (or the answer is 0 if valid). */
export function ipv4Checksum(octets: Uint8Array, start: number, length: number): number {
  return fold(addWords(octets, start, start + length, 0))
}

/** Sets the checksum of an option-less header. Timed: allocates nothing. */
export function sealIpv4(octets: Uint8Array, at: number): void {
  put16(octets, at + Ipv4.checksum, 0)
  put16(octets, at + Ipv4.checksum, ipv4Checksum(octets, at, Ipv4.size))
}
