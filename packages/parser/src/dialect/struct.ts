// Structures with the fields' C names, as nplab/packetdrill writes them. What upstream has too becomes the same node.
//   iovec  = '{' 'iov_base' '=' expr ',' 'iov_len' '=' expr '}' .
//   cmsg   = '{' 'cmsg_len' '=' expr ',' 'cmsg_level' '=' … '}' .
//   msghdr = '{' 'msg_name' '(' expr ')' '=' expr ',' 'msg_iov' '(' INTEGER ')' '=' '[' … ']' ','
//            'msg_control' '(' expr ')' '=' '[' … ']' ',' 'msg_flags' '=' expr '}' .
import type { Expression, ListExpression, StructExpression } from '../ast/nodes.js'
import { EXPECT } from '../diagnostic/expectation.js'
import { readBracketList, readExpression } from '../grammar/expression.js'
import type { Reader } from '../grammar/reader.js'
import { readInteger } from '../grammar/struct.js'
import { C, T } from '../scan/token.js'
import { takeBalanced } from './balanced.js'
import { markForeign, standsHere } from './mark.js'

/** `{iov_base=..., iov_len=N}` has been read as a list of two assignments. */
export function asIovec({ elements, span }: ListExpression): StructExpression | null {
  const [base, length] = elements
  if (elements.length !== 2 || base?.type !== 'assign' || length?.type !== 'assign') return null
  if (base.name !== 'iov_base' || length.name !== 'iov_len') return null
  if (base.value.type !== 'ellipsis' || length.value.type !== 'integer') return null
  const fields = new Map<string, Expression>([
    ['iov_base', base.value],
    ['iov_len', length.value],
  ])
  return { type: 'struct', kind: 'iovec', fields, span }
}

/** The first field of a cmsg that says its length. */
export function isCmsgLength(first: Expression): boolean {
  return first.type === 'assign' && first.name === 'cmsg_len'
}

const SIZED_NAME = /\(\s*(?:\d+|\.\.\.)\s*\)\s*=\s*\{/y
const SIZED_CONTROL = /msg_control\s*\(/y

/** The reader stands behind `msg_name`: does a structure follow? */
export function startsSizedName(reader: Reader): boolean {
  return standsHere(reader, SIZED_NAME)
}

/** A destination for each message, which the calls here do not take. */
export function readSizedName(reader: Reader): Expression {
  takeBalanced(reader)
  reader.take(C.equals, EXPECT.equals)
  const { start } = reader
  const name = readExpression(reader)
  markForeign(reader, 'nplab packetdrill', 'msg_name with an address', start)
  return name
}

/** The reader stands on `msg_control`, where upstream has `msg_flags`: does its size follow? */
export function startsSizedControl(reader: Reader): boolean {
  return standsHere(reader, SIZED_CONTROL)
}

/** The size follows from the list. */
export function readSizedControl(reader: Reader): ListExpression {
  reader.next()
  takeBalanced(reader)
  reader.take(C.equals, EXPECT.equals)
  const list = readBracketList(reader, EXPECT.element)
  reader.take(C.comma, EXPECT.comma)
  return list
}

/** `linger=...` in a getsockopt: a value that is not compared. */
export function readLingerValue(reader: Reader): Expression {
  if (reader.kind !== T.ellipsis) return readInteger(reader)
  const { start } = reader
  reader.next()
  markForeign(reader, 'nplab packetdrill', 'a field that is not compared', start)
  return { type: 'ellipsis', span: reader.spanFrom(start) }
}
