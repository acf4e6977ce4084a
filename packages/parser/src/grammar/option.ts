// The option block at the top of a script.
//   option       = OPTION [ '=' option-value ] .
//   option-value = INTEGER | WORD | STRING | IPV4_ADDR | IPV6_ADDR | 'ipv4' | 'ipv6'
//                | WORD '=' ( WORD | STRING | BACKTICK ) .
// Values are the tokens' own text; nothing is substituted here, and escapes of strings are not decoded.
import type { ScriptOption } from '../ast/nodes.js'
import { EXPECT } from '../diagnostic/expectation.js'
import { Rejection } from '../diagnostic/rejection.js'
import { C, K, T } from '../scan/token.js'
import { lineOf } from '../text/position.js'
import type { Reader } from './reader.js'
import { type Configure, OptionProblem, type ParseSettings } from './settings.js'

export function readOptions(reader: Reader): ScriptOption[] {
  const options: ScriptOption[] = []
  while (reader.kind === T.option) {
    const start = reader.start
    const name = reader.sourceText().slice(2)
    reader.next()
    const value = reader.accept(C.equals) ? readValue(reader) : null
    options.push({ name, value, span: reader.spanFrom(start) })
  }
  return options
}

function readValue(reader: Reader): string {
  let value: string
  switch (reader.kind) {
    case T.string:
      value = reader.quotedText()
      break
    case T.word: {
      const name = reader.sourceText()
      reader.next()
      return reader.accept(C.equals) ? `${name}=${readDefined(reader)}` : name
    }
    case T.integer:
    case T.ipv4:
    case T.ipv6:
    case K.ipv4:
    case K.ipv6:
      value = reader.sourceText()
      break
    default:
      return reader.unexpected(EXPECT.optionValue)
  }
  reader.next()
  return value
}

/** What follows `--define=NAME=`: strings and commands keep their quotes, which say later what they are. */
function readDefined(reader: Reader): string {
  if (reader.kind !== T.word && reader.kind !== T.string && reader.kind !== T.backtick) {
    reader.unexpected(EXPECT.defineValue)
  }
  const text = reader.sourceText()
  reader.next()
  return text
}

/** Asks for the settings, and turns an OptionProblem into a diagnostic at its option. */
export function applyOptions(text: string, options: readonly ScriptOption[], configure: Configure): ParseSettings {
  try {
    return configure(options)
  } catch (problem) {
    if (!(problem instanceof OptionProblem)) throw problem
    const { span } = problem.option
    const { line, column } = lineOf(text, span.start)
    throw new Rejection({
      code: 'LD_OPTION',
      kind: 'option',
      span,
      line,
      column,
      message: problem.message,
      hint: null,
      upstreamLine: line,
      upstreamMessage: problem.message,
    })
  }
}
