// A fault that the stack is given: written as a call, but without a result, which upstream's grammar does not allow.
//   fault = WORD '(' [ parameter { ',' parameter } ] ')' .
//   parameter = WORD '=' ( INTEGER | FLOAT | WORD | FLOAT WORD ) .
// Read first: fault/faults.ts.
import type { FaultAction, Span } from '../ast/nodes.js'
import { EXPECT } from '../diagnostic/expectation.js'
import { badFault } from '../diagnostic/semantic.js'
import { type FaultName, faultNames } from '../fault/faults.js'
import { faultOrder, isProblem } from '../fault/value.js'
import { C, FIRST_KEYWORD, T } from '../scan/token.js'
import type { Reader } from './reader.js'

const NAMES: ReadonlySet<string> = new Set(faultNames)

/** Whether the word that the reader stands on begins a fault: `name(…)` without a result; with one, it is a call. */
export function startsFault(reader: Reader): boolean {
  if (!NAMES.has(reader.sourceText())) return false
  const ahead = reader.fork()
  ahead.continueAt(reader.end, reader.line)
  if (ahead.kind !== C.openParenthesis) return false
  let depth = 0
  do {
    if (ahead.kind === C.openParenthesis) depth++
    if (ahead.kind === C.closeParenthesis) depth--
    ahead.next()
  } while (depth > 0 && ahead.kind !== T.end && ahead.kind !== T.illegal && ahead.kind !== T.unclosed)
  return ahead.kind !== C.equals
}

export function readFault(reader: Reader): FaultAction {
  const start = reader.start
  const name = reader.sourceText() as FaultName
  const nameSpan = reader.tokenSpan()
  reader.anchorLine = reader.line
  reader.next()
  reader.take(C.openParenthesis, EXPECT.openCall)
  const given: { name: string; text: string; nameSpan: Span; valueSpan: Span }[] = []
  if (!reader.accept(C.closeParenthesis)) {
    given.push(readParameter(reader))
    while (reader.accept(C.comma)) given.push(readParameter(reader))
    reader.take(C.closeParenthesis, EXPECT.endOfParameter)
  }
  const pairs = given.map((each) => [each.name, each.text] as const)
  const order = faultOrder(name, pairs, (parameter, value) => `${name}(${parameter}=${value})`)
  if (isProblem(order)) {
    // The last of that name: of two, the second is one too many.
    const about = given.findLast((each) => each.name === order.name)
    const span = about === undefined ? nameSpan : order.message.startsWith('bad ') ? about.valueSpan : about.nameSpan
    reader.refuse(span, badFault(name, order))
  }
  return { type: 'fault', name, nameSpan, values: order.values, span: reader.spanFrom(start) }
}

function readParameter(reader: Reader): { name: string; text: string; nameSpan: Span; valueSpan: Span } {
  if (reader.kind !== T.word && reader.kind < FIRST_KEYWORD) reader.unexpected(EXPECT.parameter)
  const name = reader.sourceText()
  const nameSpan = reader.tokenSpan()
  reader.next()
  reader.take(C.equals, EXPECT.parameterEquals)
  const start = reader.start
  let text = ''
  // `1.5s` is a float and a word to the scanner.
  for (;;) {
    const isValue = reader.kind === T.word || reader.kind === T.integer || reader.kind === T.float
    if (!isValue || (text !== '' && reader.start !== reader.previousEnd)) break
    text += valueText(reader)
    reader.next()
  }
  if (text === '') reader.unexpected(EXPECT.parameterValue)
  return { name, text, nameSpan, valueSpan: reader.spanFrom(start) }
}

/** A define may stand for a value. */
function valueText(reader: Reader): string {
  const { replacement } = reader
  if (replacement === null) return reader.sourceText()
  return replacement.kind === 'integer' ? String(replacement.value) : replacement.text
}
