// MPLS label stack entries.
//   mpls-entry = '(' 'label' INTEGER ',' 'tc' INTEGER ',' [ '[' WORD ']' ',' ] 'ttl' INTEGER ')' .
// The bottom of the stack is marked by the author and never by itself. Read first: RFC 3032 2.1.
import type { Node, Span } from '../ast/nodes.js'
import { EXPECT, type Expectation } from '../diagnostic/expectation.js'
import { mplsBottomExpected, outOfRangeForBits, tooManyLabels } from '../diagnostic/semantic.js'
import { C, K, T } from '../scan/token.js'
import type { Reader } from './reader.js'

export interface MplsLabel extends Node {
  readonly label: number
  readonly trafficClass: number
  readonly bottom: boolean
  readonly ttl: number
}

const MAX_LABELS = 6

/** As many entries as there are, also none. */
export function readMplsLabels(reader: Reader): MplsLabel[] {
  const labels: MplsLabel[] = []
  while (reader.kind === C.openParenthesis) {
    const label = readLabel(reader)
    if (labels.length === MAX_LABELS) reader.refuse(label.span, tooManyLabels())
    labels.push(label)
  }
  return labels
}

function readLabel(reader: Reader): MplsLabel {
  const start = reader.start
  reader.next()
  const label = readBits(reader, 'MPLS label', 20, K.label, EXPECT.label)
  reader.take(C.comma, EXPECT.comma)
  const trafficClass = readBits(reader, 'MPLS traffic_class', 3, K.tc, EXPECT.tc)
  reader.take(C.comma, EXPECT.comma)
  const bottom = reader.accept(C.openBracket)
  if (bottom) readBottom(reader)
  const ttl = readBits(reader, 'MPLS ttl', 8, K.ttl, bottom ? EXPECT.ttl : EXPECT.mplsTtl)
  reader.take(C.closeParenthesis, EXPECT.close)
  return { label, trafficClass, bottom, ttl, span: reader.spanFrom(start) }
}

function readBits(reader: Reader, what: string, bits: number, kind: number, expected: Expectation): number {
  reader.take(kind, expected)
  const start = reader.start
  const value = reader.integer()
  if (value >= 0 && value < 2 ** bits) return value
  const span = reader.spanFrom(start)
  return reader.refuse(span, outOfRangeForBits(what, reader.textOf(span), bits))
}

function readBottom(reader: Reader): void {
  if (reader.kind !== T.word) reader.unexpected(EXPECT.mplsBottom)
  const word = reader.wordText()
  const span: Span = reader.tokenSpan()
  reader.next()
  reader.take(C.closeBracket, EXPECT.closeBracket)
  if (word !== 'S') reader.refuse(span, mplsBottomExpected(word))
  reader.take(C.comma, EXPECT.comma)
}
