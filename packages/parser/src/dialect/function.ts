// A function of nplab/packetdrill's expressions.
//   function = 'htonl' '(' ( INTEGER | HEX | ELLIPSIS ) ')' .
import type { Expression } from '../ast/nodes.js'
import { EXPECT } from '../diagnostic/expectation.js'
import { readExpression } from '../grammar/expression.js'
import type { Reader } from '../grammar/reader.js'
import { C } from '../scan/token.js'
import { markForeign } from './mark.js'

/** The reader stands behind the name. Gives the argument in its place: what it comes to is never asked here. */
export function readHtonl(reader: Reader, start: number): Expression {
  reader.next()
  const argument = readExpression(reader)
  reader.take(C.closeParenthesis, EXPECT.close)
  markForeign(reader, 'nplab packetdrill', 'htonl()', start)
  return argument
}
