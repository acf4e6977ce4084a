// The time of an event.
//   time-spec = time | '+' time | '*' | time '~' time | '+' time '~' '+' time .
//   time      = INTEGER | FLOAT .
import type { EventTime } from '../ast/nodes.js'
import { EXPECT, type Expectation } from '../diagnostic/expectation.js'
import { negativeTime } from '../diagnostic/semantic.js'
import { C, T } from '../scan/token.js'
import type { Reader } from './reader.js'

/** Seconds as microseconds, cut: `1.001` becomes 1000999, through a double as upstream does it. */
export function readSeconds(reader: Reader, expected: Expectation): number {
  if (reader.kind !== T.integer && reader.kind !== T.float) reader.unexpected(expected)
  const seconds = reader.number
  // Upstream names the line of the event before, having no anchor yet; the own line is what the author needs.
  if (seconds < 0) reader.refuse(reader.tokenSpan(), negativeTime(reader.sourceText()), reader.line)
  reader.next()
  return Math.trunc(seconds * 1e6)
}

/** Reads a time, and leaves in `timeLine` the line that upstream calls the event's: that of `T` in `+T`, else the first. */
export function readTime(reader: Reader, expected: Expectation): EventTime {
  const start = reader.start
  const signLine = reader.line
  reader.timeLine = signLine
  if (reader.accept(C.star)) return { kind: 'any', us: 0, endUs: null, span: reader.spanFrom(start) }
  if (reader.accept(C.plus)) {
    reader.timeLine = reader.line
    const us = readSeconds(reader, EXPECT.time)
    if (!reader.accept(C.tilde)) return { kind: 'relative', us, endUs: null, span: reader.spanFrom(start) }
    reader.timeLine = signLine
    reader.take(C.plus, EXPECT.relativeEnd)
    const endUs = readSeconds(reader, EXPECT.time)
    return { kind: 'relative-range', us, endUs, span: reader.spanFrom(start) }
  }
  const us = readSeconds(reader, expected)
  if (!reader.accept(C.tilde)) return { kind: 'absolute', us, endUs: null, span: reader.spanFrom(start) }
  const endUs = readSeconds(reader, EXPECT.time)
  return { kind: 'absolute-range', us, endUs, span: reader.spanFrom(start) }
}
