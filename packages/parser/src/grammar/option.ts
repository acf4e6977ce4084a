// One option of the block at the top of a script.
//   option       = OPTION [ '=' option-value ] .
//   option-value = INTEGER | WORD | STRING | IPV4_ADDR | IPV6_ADDR | 'ipv4' | 'ipv6'
//                | WORD '=' ( WORD | STRING | BACKTICK ) .
// Values are the tokens' own text; nothing is substituted here, and escapes of strings are not decoded.
import type { ScriptOption } from '../ast/nodes.js'
import { EXPECT } from '../diagnostic/expectation.js'
import { C, K, T } from '../scan/token.js'
import type { Reader } from './reader.js'

/** Reads the OPTION that the reader stands on, with its value. */
export function readOption(reader: Reader): ScriptOption {
  const start = reader.start
  const name = reader.sourceText().slice(2)
  reader.next()
  const value = reader.accept(C.equals) ? readValue(reader) : null
  return { name, value, span: reader.spanFrom(start) }
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
