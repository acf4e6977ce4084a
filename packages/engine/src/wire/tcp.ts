// The TCP header: offsets, flags, a value, reading and writing. Interpreter thread.
// Read first: RFC 9293 3.1; RFC 7323 and 2018 for options; RFC 9768 for AE.
import { WireError } from '../errors.js'
import { put16, put32, u16, u32 } from './octets.js'
import { optionText, readOptions, type TcpOption } from './tcp-options.js'

/** Field offsets in octets from the start of the header (RFC 9293 3.1). */
export const Tcp = {
  sourcePort: 0,
  destinationPort: 2,
  seq: 4,
  ack: 8,
  offsetAndFlags: 12,
  window: 14,
  checksum: 16,
  urgent: 18,
  options: 20,
} as const

/** Bits of the flags field; AE is the low bit of octet 12 (the former NS). */
export const Flag = {
  fin: 1,
  syn: 2,
  rst: 4,
  psh: 8,
  ack: 16,
  urg: 32,
  ece: 64,
  cwr: 128,
  ae: 256,
} as const

/** A segment's header. Numbers are as on the wire, or in the script's space after `flow` has translated them. */
export interface TcpSegment {
  readonly type: 'tcp'
  sourcePort: number
  destinationPort: number
  seq: number
  ack: number
  /** Header length in 32-bit words. */
  dataOffset: number
  /** Bits of `Flag`. */
  flags: number
  /** The three bits between data offset and AE. */
  reserved: number
  /** Unscaled. */
  window: number
  urgent: number
  options: TcpOption[]
  /** Upstream's reason why the options cannot be read, null where they can; `options` is empty then. */
  optionsError: string | null
  /** Octets. */
  payloadLength: number
}

/**
 * Reads the segment in octets[start, end). WireError with upstream's reason; not for bad options, which only matter in
 * packets of the flow (language/2-packets.md 5.2, 6.6).
 */
export function readTcp(octets: Uint8Array, start: number, end: number): TcpSegment {
  if (end - start < Tcp.options) throw new WireError('Truncated TCP header')
  const offsetAndFlags = u16(octets, start + Tcp.offsetAndFlags)
  const dataOffset = offsetAndFlags >>> 12
  if (dataOffset < 5) throw new WireError('TCP data offset too small')
  if (start + dataOffset * 4 > end) throw new WireError('TCP data offset too big')
  return {
    type: 'tcp',
    sourcePort: u16(octets, start + Tcp.sourcePort),
    destinationPort: u16(octets, start + Tcp.destinationPort),
    seq: u32(octets, start + Tcp.seq),
    ack: u32(octets, start + Tcp.ack),
    dataOffset,
    flags: offsetAndFlags & 0x1ff,
    reserved: (offsetAndFlags >>> 9) & 7,
    window: u16(octets, start + Tcp.window),
    urgent: u16(octets, start + Tcp.urgent),
    ...readableOptions(octets, start + Tcp.options, start + dataOffset * 4),
    payloadLength: end - start - dataOffset * 4,
  }
}

function readableOptions(octets: Uint8Array, start: number, end: number): Pick<TcpSegment, 'options' | 'optionsError'> {
  try {
    return { options: readOptions(octets, start, end), optionsError: null }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return { options: [], optionsError: error.message }
  }
}

/** Writes the header without its options; the checksum stays 0. `optionLength` is a multiple of 4 up to 40. */
export function writeTcp(
  into: Uint8Array,
  at: number,
  segment: Omit<TcpSegment, 'type' | 'options' | 'optionsError' | 'dataOffset' | 'payloadLength'>,
  optionLength: number,
): void {
  put16(into, at + Tcp.sourcePort, segment.sourcePort)
  put16(into, at + Tcp.destinationPort, segment.destinationPort)
  put32(into, at + Tcp.seq, segment.seq)
  put32(into, at + Tcp.ack, segment.ack)
  put16(into, at + Tcp.offsetAndFlags, ((5 + optionLength / 4) << 12) | (segment.reserved << 9) | segment.flags)
  put16(into, at + Tcp.window, segment.window)
  put16(into, at + Tcp.checksum, 0)
  put16(into, at + Tcp.urgent, segment.urgent)
}

/** How a segment is shown: script packets know fields that are not compared. */
export interface TcpTextOptions {
  /** False where the script gave no `win`. */
  readonly window?: boolean
  /** True where a digit in the script set ECE, CWR and AE. */
  readonly ace?: boolean
  /** False for `<...>`. */
  readonly options?: boolean
}

/** Upstream's short form (2-packets.md 2), trailing blank included. */
export function tcpText(tcp: TcpSegment, { window = true, ace = false, options = true }: TcpTextOptions = {}): string {
  const end = (tcp.seq + tcp.payloadLength) >>> 0
  let text = `${flagsText(tcp.flags, ace)} ${tcp.seq}:${end}(${tcp.payloadLength}) `
  if ((tcp.flags & Flag.ack) !== 0) text += `ack ${tcp.ack} `
  if (window) text += `win ${tcp.window} `
  if (tcp.optionsError !== null) return `${text}\n${tcp.optionsError}`
  if (options && tcp.options.length > 0) text += `<${tcp.options.map(optionText).join(',')}>`
  return text
}

export function flagsText(flags: number, ace: boolean): string {
  let text = ''
  if ((flags & Flag.fin) !== 0) text += 'F'
  if ((flags & Flag.syn) !== 0) text += 'S'
  if ((flags & Flag.rst) !== 0) text += 'R'
  if ((flags & Flag.psh) !== 0) text += 'P'
  if ((flags & Flag.ack) !== 0) text += '.'
  if ((flags & Flag.urg) !== 0) text += 'U'
  if (ace) return text + aceOf(flags)
  if ((flags & Flag.ece) !== 0) text += 'E'
  if ((flags & Flag.cwr) !== 0) text += 'W'
  if ((flags & Flag.ae) !== 0) text += 'A'
  return text
}

/** The ACE counter: AE, CWR, ECE as one number (RFC 9768 3.2). */
export function aceOf(flags: number): number {
  return ((flags & Flag.ae) !== 0 ? 4 : 0) + ((flags & Flag.cwr) !== 0 ? 2 : 0) + ((flags & Flag.ece) !== 0 ? 1 : 0)
}
