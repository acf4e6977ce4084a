// Expressions: arguments and results of system calls. What they mean is asked at run time, by the engine.
//   expr = ELLIPSIS | INTEGER | HEX | WORD | strings | STRING ELLIPSIS
//        | expr '|' expr | WORD '=' expr | '[' [ list ] ']' | '{' list '}'
//        | 'inet_addr' '(' STRING ')' | 'inet6_addr' '(' STRING ')' | structures (struct.ts) .
import type { Expression, FunctionExpression, ListExpression, StringExpression } from '../ast/nodes.js'
import { EXPECT, type Expectation } from '../diagnostic/expectation.js'
import { badIn6Addr, badInetAddr, type SemanticWording } from '../diagnostic/semantic.js'
import { readHtonl } from '../dialect/function.js'
import { C, K, T } from '../scan/token.js'
import { isInetAddr, isIpv6 } from '../text/address.js'
import type { Reader } from './reader.js'
import { readBraces } from './struct.js'

/** `|` is right associative and takes all that follows: `A=3|4|B=5` is `A=(3|(4|(B=5)))`. */
export function readExpression(reader: Reader, expected: Expectation = EXPECT.expression): Expression {
  const left = readOperand(reader, expected)
  return reader.kind === C.bar ? readOr(reader, left) : left
}

/** Reads `| right` behind an operand that the caller has read already. */
export function readOr(reader: Reader, left: Expression): Expression {
  reader.next()
  reader.enter()
  const right = readExpression(reader)
  reader.leave()
  return { type: 'or', left, right, span: reader.spanFrom(left.span.start) }
}

function readOperand(reader: Reader, expected: Expectation): Expression {
  const start = reader.start
  switch (reader.kind) {
    case T.integer:
    case T.hex: {
      const value = reader.integerValue()
      const text = reader.sourceText()
      reader.next()
      return { type: 'integer', value, text, span: reader.spanFrom(start) }
    }
    case T.word: {
      const name = reader.wordText()
      reader.next()
      if (reader.kind === C.openParenthesis && name === 'htonl') return readHtonl(reader, start)
      if (reader.kind !== C.equals) return { type: 'word', name, span: reader.spanFrom(start) }
      reader.next()
      reader.enter()
      const value = readExpression(reader)
      reader.leave()
      return { type: 'assign', name, value, span: reader.spanFrom(start) }
    }
    case T.ellipsis:
      reader.next()
      return { type: 'ellipsis', span: reader.spanFrom(start) }
    case T.string:
      return readStrings(reader)
    case C.openBracket:
      return readBracketList(reader, EXPECT.element)
    case C.openBrace: {
      reader.enter()
      const braces = readBraces(reader)
      reader.leave()
      return braces
    }
    case K.inet_addr:
      return readAddress(reader, 'inet_addr', isInetAddr, badInetAddr)
    case K.inet6_addr:
      return readAddress(reader, 'inet6_addr', isIpv6, badIn6Addr)
  }
  return reader.unexpected(expected)
}

/** Neighbouring strings are one. After a single one `...` says that it is an excerpt, which changes nothing. */
function readStrings(reader: Reader): StringExpression {
  const start = reader.start
  let raw = reader.quotedText()
  reader.next()
  if (reader.accept(T.ellipsis)) return { type: 'string', raw, span: reader.spanFrom(start) }
  if (reader.kind !== T.string) return { type: 'string', raw, span: reader.spanFrom(start) }
  const parts = [raw]
  while (reader.kind === T.string) {
    const part = reader.quotedText()
    parts.push(part)
    raw += part
    reader.next()
  }
  return { type: 'string', raw, parts, span: reader.spanFrom(start) }
}

/** `[ … ]`, which may be empty. */
export function readBracketList(reader: Reader, expected: Expectation): ListExpression {
  const start = reader.start
  reader.take(C.openBracket, EXPECT.openBracket)
  const begin = reader.beginList()
  if (!reader.accept(C.closeBracket)) {
    reader.enter()
    reader.addToList(readExpression(reader, expected))
    while (reader.accept(C.comma)) reader.addToList(readExpression(reader))
    reader.leave()
    reader.take(C.closeBracket, EXPECT.endOfElement)
  }
  const elements = reader.endList<Expression>(begin)
  return { type: 'list', elements, braces: false, span: reader.spanFrom(start) }
}

/** `name("…")`, whose string must satisfy `isGood`. */
function readAddress(
  reader: Reader,
  name: 'inet_addr' | 'inet6_addr',
  isGood: (text: string) => boolean,
  refusal: (found: string) => SemanticWording,
): FunctionExpression {
  const address = readFunction(reader, name)
  const { raw, span } = address.argument
  if (!isGood(raw)) reader.refuse(span, refusal(raw))
  return address
}

/** `name("…")` with any string. */
export function readFunction(
  reader: Reader,
  name: FunctionExpression['name'],
): FunctionExpression & { readonly argument: StringExpression } {
  const start = reader.start
  reader.next()
  reader.take(C.openParenthesis, EXPECT.open)
  if (reader.kind !== T.string) reader.unexpected(EXPECT.string)
  const argument: StringExpression = { type: 'string', raw: reader.quotedText(), span: reader.tokenSpan() }
  reader.next()
  reader.take(C.closeParenthesis, EXPECT.close)
  return { type: 'function', name, argument, span: reader.spanFrom(start) }
}
