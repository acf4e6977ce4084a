// ICMP messages of both versions, which have the same head: offsets, a value, reading with upstream's reasons, writing.
// Interpreter thread. Read first: RFC 792, RFC 1191 4 (MTU); RFC 4443 2 to 4.
import { WireError } from '../errors.js'
import { put16, put32 } from './octets.js'

/** Field offsets in octets (RFC 792, RFC 4443 2.1). `quoted`: where an error message quotes the packet that it is about. */
export const Icmp = { type: 0, code: 1, checksum: 2, id: 4, mtu4: 6, mtu6: 4, quoted: 8, size: 8 } as const

export interface IcmpMessage {
  readonly type: 'icmpv4' | 'icmpv6'
  readonly icmpType: number
  readonly code: number
  /** Octets behind the head. */
  readonly payloadLength: number
}

/** Reads the message in octets[start, end). WireError with upstream's reason (2-packets.md 5.1). */
export function readIcmp(octets: Uint8Array, start: number, end: number, type: IcmpMessage['type']): IcmpMessage {
  if (end - start < Icmp.size) throw new WireError(`Truncated ICMP${type === 'icmpv4' ? 'v4' : 'v6'} header`)
  return icmpAt(octets, start, end, type)
}

export function icmpAt(octets: Uint8Array, at: number, end: number, type: IcmpMessage['type']): IcmpMessage {
  return {
    type,
    icmpType: octets[at + Icmp.type] as number,
    code: octets[at + Icmp.code] as number,
    payloadLength: end - at - Icmp.size,
  }
}

export interface IcmpFields {
  readonly icmpType: number
  readonly code: number
  /** 0: none. Written before the MTU, as upstream does. */
  readonly id: number
  readonly mtu: number | null
}

/** Writes the head; the checksum stays 0. */
export function writeIcmp(into: Uint8Array, at: number, type: IcmpMessage['type'], fields: IcmpFields): void {
  into[at + Icmp.type] = fields.icmpType
  into[at + Icmp.code] = fields.code
  if (fields.mtu !== null) {
    if (type === 'icmpv4') put16(into, at + Icmp.mtu4, fields.mtu)
    else put32(into, at + Icmp.mtu6, fields.mtu)
  }
  if (fields.id !== 0) put16(into, at + Icmp.id, fields.id)
}
