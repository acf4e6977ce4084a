// Sequence ranges.
//   seq = INTEGER ':' INTEGER '(' INTEGER ')' .

import { EXPECT } from '../diagnostic/expectation.js'
import { inconsistentSequence } from '../diagnostic/semantic.js'
import { C } from '../scan/token.js'
import { refuseNumber, U16, U32 } from './number.js'
import type { Reader } from './reader.js'

export interface Sequence {
  readonly seq: number
  readonly payloadLength: number
}

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
  // Upstream asks when the whole range has been read, in this order.
  if (seq < 0 || seq > U32) refuseNumber(reader, 'TCP start sequence number', U32, rangeStart, startEnd)
  if (end < 0 || end > U32) refuseNumber(reader, 'TCP end sequence number', U32, endStart, endEnd)
  if (payloadLength < 0 || payloadLength > U16) refuseNumber(reader, 'TCP payload size', U16, lengthStart, lengthEnd)
  if (end !== seq + payloadLength) {
    reader.refuse(reader.spanFrom(rangeStart), inconsistentSequence(seq, end, payloadLength))
  }
  return { seq, payloadLength }
}
