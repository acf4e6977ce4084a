// ICMP as other dialects write it: what is echoed may stand first, and may be a packet that only they have.
//   icmp   = '[' … ']' 'icmp' … .                      (* the form of packetdrill's first release *)
//   echoed = '[' 'sctp' '(' … ')' ']' | '[' 'udplite' '(' INTEGER ',' INTEGER ')' ']' .
import type { Reader } from '../grammar/reader.js'
import { takeBalanced } from './balanced.js'
import { markForeign, standsHere } from './mark.js'
import { readCoverage } from './packet.js'

const LEADING_ECHO = /\[\s*(?:\d+\s*:|-\d+\s*:|sctp\s*\(|udplite\s*\(|udp\s*\(|raw\s*\()[^\]]*\]\s*icmp\b/y
const SCTP = /sctp\s*\(/y
const UDPLITE = /udplite\s*\(/y

/** The reader stands on a '[': does what is echoed begin here, before the word `icmp`? */
export function startsLeadingEcho(reader: Reader): boolean {
  return standsHere(reader, LEADING_ECHO)
}

/** Takes the echo of a foreign packet behind the '[' if one stands here. */
export function takeForeignEcho(reader: Reader): boolean {
  const { start } = reader
  if (standsHere(reader, SCTP)) {
    reader.next()
    takeBalanced(reader)
    markForeign(reader, 'SCTP', 'echoed SCTP packets', start)
    return true
  }
  if (!standsHere(reader, UDPLITE)) return false
  reader.next()
  readCoverage(reader)
  markForeign(reader, 'UDP-Lite', 'echoed UDP-Lite packets', start)
  return true
}

/** Names that nplab/packetdrill has for codes of upstream's types. RFC 792. */
export const FOREIGN_CODES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  time_exceeded: { ttl_exceeded_in_transit: 0, frag_reass_exceeded: 1 },
}

/** RFC 4861 4.2: its MTU is an option of the message, which has no place here. */
export function isRouterAdvertisement(reader: Reader, word: string): boolean {
  return word === 'router_advertisement' && reader.settings.wireFamily === 'ipv6'
}
