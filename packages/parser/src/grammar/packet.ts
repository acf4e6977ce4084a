// One packet: direction, outer headers, and what they carry.
//   packet = ( '<' | '>' ) { outer } ( tcp | udp | icmp ) .
import type { ForeignPacketAction, IpInfo, OuterHeader, PacketAction } from '../ast/nodes.js'
import { tooManyHeaders } from '../diagnostic/semantic.js'
import { startsLeadingEcho } from '../dialect/icmp.js'
import { readForeignPacket } from '../dialect/packet.js'
import { takeEncapsulation } from '../dialect/segment.js'
import { C, K, T } from '../scan/token.js'
import { readIcmp } from './icmp.js'
import { readIpInfo } from './ip-info.js'
import { readOuterHeader } from './outer-header.js'
import type { Reader } from './reader.js'
import { readTcp } from './tcp.js'
import { readUdp } from './udp.js'

export type Direction = PacketAction['direction']

/** Six headers in all; the inner packet takes two, with PSP four. */
const MAX_HEADERS = 6

const LOWER_CASE = 97

/** Most packets have no outer header: they share this list. */
const NO_HEADERS: readonly OuterHeader[] = []

export function readPacket(reader: Reader): PacketAction | ForeignPacketAction {
  const start = reader.start
  const direction: Direction = reader.kind === C.less ? 'inbound' : 'outbound'
  reader.anchorLine = reader.line
  reader.next()
  const outer = readOuterHeaders(reader)
  if (reader.kind === C.openBracket && startsLeadingEcho(reader)) {
    const body = readIcmp(reader, null)
    return { type: 'packet', direction, outer, ip: null, body, span: reader.spanFrom(start) }
  }
  const ip = readIpInfo(reader)
  // Flags are capital letters.
  if (reader.kind === T.word && reader.source.charCodeAt(reader.start) >= LOWER_CASE) {
    const foreign = readForeignPacket(reader, direction, start)
    if (foreign !== null) return foreign
  }
  const body = readBody(reader, direction, ip)
  const inner = body.type === 'tcp' && body.pspSpi !== null ? 4 : 2
  checkHeaders(reader, outer, MAX_HEADERS - inner)
  if (reader.kind === C.slash) takeEncapsulation(reader)
  return { type: 'packet', direction, outer, ip, body, span: reader.spanFrom(start) }
}

function readOuterHeaders(reader: Reader): readonly OuterHeader[] {
  let header = readOuterHeader(reader)
  if (header === null) return NO_HEADERS
  const headers: OuterHeader[] = []
  while (header !== null) {
    headers.push(header)
    checkHeaders(reader, headers, MAX_HEADERS)
    header = readOuterHeader(reader)
  }
  return headers
}

/** Upstream says so from the seventh on; with five or six it dies with an internal assertion. */
function checkHeaders(reader: Reader, headers: readonly OuterHeader[], limit: number): void {
  const excess = headers[limit]
  if (excess !== undefined) reader.refuse(excess.span, tooManyHeaders(limit))
}

function readBody(reader: Reader, direction: Direction, ip: IpInfo | null): PacketAction['body'] {
  if (reader.kind === K.udp) return readUdp(reader, ip)
  const ect01 = ip !== null && ip.check === 'ect01' && direction === 'inbound' ? ip : null
  return reader.kind === K.icmp ? readIcmp(reader, ect01) : readTcp(reader, direction, ect01)
}
