// Sequence ranges.
//   seq = INTEGER ':' INTEGER '(' INTEGER ')' .

import type { Span } from '../ast/nodes.js'
import { EXPECT } from '../diagnostic/expectation.js'
import { inconsistentSequence, outOfRange } from '../diagnostic/semantic.js'
import { C } from '../scan/token.js'
import type { Reader } from './reader.js'

export interface Sequence {
  readonly seq: number
  readonly payloadLength: number
}

const U32 = 0xffffffff

/** Reads START:END(LENGTH). The range may not wrap, and SYN and FIN are not counted in it. */
export function readSequence(reader: Reader): Sequence {
  const rangeStart = reader.start
  const seq = reader.integer(EXPECT.sequenceStart)
  const startEnd = reader.previousEnd
  reader.take(C.colon, EXPECT.sequenceColon)
  const endStart = reader.start
  const end = reader.integer(EXPECT.sequenceEnd)
  const endEnd = reader.previousEnd
  reader.take(C.openParenthesis, EXPECT.payloadOpen)
  const lengthStart = reader.start
  const payloadLength = reader.integer(EXPECT.payload)
  const lengthEnd = reader.previousEnd
  reader.take(C.closeParenthesis, EXPECT.close)
  check(reader, seq, U32, 'TCP start sequence number', rangeStart, startEnd)
  check(reader, end, U32, 'TCP end sequence number', endStart, endEnd)
  check(reader, payloadLength, 0xffff, 'TCP payload size', lengthStart, lengthEnd)
  if (end !== seq + payloadLength) {
    reader.refuse(reader.spanFrom(rangeStart), inconsistentSequence(seq, end, payloadLength))
  }
  return { seq, payloadLength }
}

/** In upstream's order, which is after the whole range has been read. */
function check(reader: Reader, value: number, max: number, what: string, start: number, end: number): void {
  if (value >= 0 && value <= max) return
  const span: Span = { start, end }
  reader.refuse(span, outOfRange(what, reader.source.slice(start, end), 0, max))
}
