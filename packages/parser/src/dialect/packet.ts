// Packets of protocols that only nplab/packetdrill has.
//   sctp    = 'sctp' [ '(' … ')' ] ':' ( chunk { ( ',' | ';' ) chunk } | '[' … ']' ) .
//   chunk   = WORD { '-' WORD } '[' … ']' .
//   udplite = 'udplite' [ INTEGER '>' INTEGER ] '(' INTEGER ',' INTEGER ')' .
// Upstream has neither word; it takes both for TCP flags, which are followed by a number and never by ':' or '('.
import type { ForeignPacketAction, Node } from '../ast/nodes.js'
import type { Reader } from '../grammar/reader.js'
import { C, T } from '../scan/token.js'
import { takeBalanced } from './balanced.js'
import { FOREIGN_EXPECT } from './expectation.js'
import { markForeign, standsHere } from './mark.js'

const SCTP = /sctp\s*[:(]/y
const UDPLITE = /udplite\s*(?:\d+\s*>\s*\d+\s*)?\(/y

type Direction = ForeignPacketAction['direction']

/** The reader stands on a word. Null when it is no packet of another dialect; `start` is the direction's. */
export function readForeignPacket(reader: Reader, direction: Direction, start: number): ForeignPacketAction | null {
  if (standsHere(reader, SCTP)) return readSctp(reader, direction, start)
  if (standsHere(reader, UDPLITE)) return readUdpLite(reader, direction, start)
  return null
}

function readSctp(reader: Reader, direction: Direction, start: number): ForeignPacketAction {
  reader.next()
  if (reader.kind === C.openParenthesis) takeBalanced(reader)
  reader.take(C.colon, FOREIGN_EXPECT.sctpColon)
  const parts: ForeignPacketAction['parts'][number][] = []
  if (reader.kind === C.openBracket) takeBalanced(reader)
  else {
    do parts.push(readChunk(reader))
    while (reader.accept(C.comma) || reader.accept(SEMICOLON))
  }
  markForeign(reader, 'SCTP', 'SCTP packets', start)
  return { type: 'foreign-packet', direction, protocol: 'SCTP', parts, span: reader.spanFrom(start) }
}

const SEMICOLON = 59

function readChunk(reader: Reader): Node & { readonly name: string } {
  const start = reader.start
  if (reader.kind !== T.word) reader.unexpected(FOREIGN_EXPECT.chunk)
  reader.next()
  // `I-DATA`: a dash parts two words.
  while (reader.accept(C.minus)) reader.take(T.word, FOREIGN_EXPECT.chunk)
  const name = reader.source.slice(start, reader.previousEnd)
  if (reader.kind !== C.openBracket) reader.unexpected(FOREIGN_EXPECT.chunkOpen)
  takeBalanced(reader)
  return { name, span: reader.spanFrom(start) }
}

function readUdpLite(reader: Reader, direction: Direction, start: number): ForeignPacketAction {
  reader.next()
  if (reader.accept(T.integer)) {
    reader.next()
    reader.next()
  }
  readCoverage(reader)
  markForeign(reader, 'UDP-Lite', 'UDP-Lite packets', start)
  return { type: 'foreign-packet', direction, protocol: 'UDP-Lite', parts: [], span: reader.spanFrom(start) }
}

/** `( LENGTH , COVERAGE )`. */
export function readCoverage(reader: Reader): void {
  reader.take(C.openParenthesis, FOREIGN_EXPECT.coverage)
  reader.integer(FOREIGN_EXPECT.coverage)
  reader.take(C.comma, FOREIGN_EXPECT.coverage)
  reader.integer(FOREIGN_EXPECT.coverage)
  reader.take(C.closeParenthesis, FOREIGN_EXPECT.coverage)
}
