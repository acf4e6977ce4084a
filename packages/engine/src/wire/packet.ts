// A whole packet: what was sniffed or built, parsed to values, and its text. Interpreter thread.
// Read first: language/2-packets.md 1.1, 2 and 5.1.
import { WireError } from '../errors.js'
import { type Ipv4Header, PROTOCOL_TCP, readIpv4 } from './ipv4.js'
import { Flag, readTcp, type TcpSegment } from './tcp.js'
import { optionText } from './tcp-options.js'

export interface TcpPacket {
  readonly ip: Ipv4Header
  readonly tcp: TcpSegment
}

/**
 * Parses octets[0, length). Null for what scripts of this version cannot mean (IPv6, UDP, ICMP, other protocols): it is
 * skipped, as upstream skips unknown protocols. WireError for a packet that is broken (not for its TCP options alone).
 */
export function readPacket(octets: Uint8Array, length: number): TcpPacket | null {
  if (length < 1) throw new WireError('IP header overflows packet')
  const version = (octets[0] as number) >>> 4
  if (version === 6) return null
  if (version !== 4) throw new WireError('Unsupported IP version')
  const ip = readIpv4(octets, length)
  if (ip.protocol !== PROTOCOL_TCP) return null
  return { ip, tcp: readTcp(octets, ip.headerLength, ip.totalLength) }
}

/** How a packet is shown: script packets know fields that are not compared. */
export interface TextOptions {
  /** False where the script gave no `win`. */
  readonly window?: boolean
  /** True where a digit in the script set ECE, CWR and AE. */
  readonly ace?: boolean
  /** False for `<...>`. */
  readonly options?: boolean
}

/** Upstream's short form (2-packets.md 2), trailing blank included: `S. 0:0(0) ack 1 win 64240 <mss 1460>`. */
export function packetText(
  { tcp }: TcpPacket,
  { window = true, ace = false, options = true }: TextOptions = {},
): string {
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

/** Sixteen octets per line, as upstream dumps a packet that it cannot read. */
export function hexDump(octets: Uint8Array, length: number): string {
  let text = ''
  for (let at = 0; at < length; at += 16) {
    text += `0x${at.toString(16).padStart(4, '0')}: `
    for (let i = at; i < Math.min(at + 16, length); i++)
      text += `${(octets[i] as number).toString(16).padStart(2, '0')} `
    text += '\n'
  }
  return text
}
