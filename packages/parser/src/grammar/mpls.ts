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
  const label = readField(reader, K.label, EXPECT.label)
  reader.take(C.comma, EXPECT.comma)
  const trafficClass = readField(reader, K.tc, EXPECT.tc)
  reader.take(C.comma, EXPECT.comma)
  const bottom = reader.accept(C.openBracket)
  if (bottom) readBottom(reader)
  const ttl = readField(reader, K.ttl, bottom ? EXPECT.ttl : EXPECT.mplsTtl)
  reader.take(C.closeParenthesis, EXPECT.close)
  // Upstream asks when the whole entry has been read, in this order.
  checkBits(reader, label, 'MPLS label', 20)
  checkBits(reader, trafficClass, 'MPLS traffic_class', 3)
  checkBits(reader, ttl, 'MPLS ttl', 8)
  return {
    label: label.value,
    trafficClass: trafficClass.value,
    bottom,
    ttl: ttl.value,
    span: reader.spanFrom(start),
  }
}

interface Field extends Node {
  readonly value: number
}

function readField(reader: Reader, kind: number, expected: Expectation): Field {
  reader.take(kind, expected)
  const span = reader.tokenSpan()
  return { value: reader.integer(), span }
}

function checkBits(reader: Reader, { value, span }: Field, what: string, bits: number): void {
  if (value < 0 || value >= 2 ** bits) reader.refuse(span, outOfRangeForBits(what, reader.textOf(span), bits))
}

function readBottom(reader: Reader): void {
  if (reader.kind !== T.word) reader.unexpected(EXPECT.mplsBottom)
  const word = reader.wordText()
  const span: Span = reader.tokenSpan()
  reader.next()
  reader.take(C.closeBracket, EXPECT.closeBracket)
  reader.take(C.comma, EXPECT.comma)
  if (word !== 'S') reader.refuse(span, mplsBottomExpected(word))
}
