// From what a script writes as an argument to a value: symbols become numbers, strings octets. Before time 0.
// Read first: language/3-calls.md 1.1.
import { decodeString, type Expression, type StringExpression, type StructExpression } from '@lunadrill/parser'
import { suggestSymbol, symbolValue } from '@lunadrill/tcpinfo'
import { parseAddress } from '../wire/address.js'

export type Value =
  | { readonly type: 'ellipsis' }
  | { readonly type: 'integer'; readonly value: bigint }
  | { readonly type: 'string'; readonly octets: Uint8Array }
  | { readonly type: 'list'; readonly elements: readonly Value[] }
  /** `WORD=value`, an element of a netlink attribute list. */
  | { readonly type: 'binary_expression'; readonly key: bigint; readonly value: Value }
  | { readonly type: 'in6_addr'; readonly octets: Uint8Array }
  | { readonly type: 'struct'; readonly kind: string; readonly fields: ReadonlyMap<string, Value> }

/** An expression that has no value; `message` is upstream's. */
export class ValueError extends Error {
  constructor(
    message: string,
    readonly hint: string | null = null,
  ) {
    super(message)
  }
}

/** One that upstream says without path, line and call. */
export class BareError extends ValueError {}

export function evaluate(expression: Expression): Value {
  switch (expression.type) {
    case 'ellipsis':
      return { type: 'ellipsis' }
    case 'integer':
      return { type: 'integer', value: expression.value }
    case 'word':
      return { type: 'integer', value: BigInt(symbol(expression.name)) }
    case 'string':
      return { type: 'string', octets: stringOctets(expression) }
    case 'or': {
      const [left, right] = [evaluate(expression.left), evaluate(expression.right)]
      if (left.type !== 'integer') throw new ValueError('left hand side of | not an integer')
      if (right.type !== 'integer') throw new ValueError('right hand side of | not an integer')
      return { type: 'integer', value: left.value | right.value }
    }
    case 'assign': {
      const key = BigInt(symbol(expression.name))
      return { type: 'binary_expression', key, value: evaluate(expression.value) }
    }
    case 'list':
      return { type: 'list', elements: expression.elements.map(evaluate) }
    case 'struct':
      return evaluateStruct(expression)
    case 'function':
      return evaluateFunction(expression.name, expression.argument)
  }
}

/** The number of a symbol; ValueError where nobody knows it. */
export function symbol(name: string): number {
  const value = symbolValue(name)
  if (value !== undefined) return value
  const near = suggestSymbol(name)
  throw new ValueError(`unknown symbol: '${name}'`, near === undefined ? null : `did you mean ${near}?`)
}

function evaluateStruct({ kind, fields }: StructExpression): Value {
  if (kind === 'sockaddr') {
    // No call takes one; messages name its type.
    const family = fields.get('sa_family')
    const v6 = family?.type === 'word' && family.name === 'AF_INET6'
    return { type: 'struct', kind: v6 ? 'sockaddr_in6' : 'sockaddr_in', fields: new Map() }
  }
  return { type: 'struct', kind, fields: new Map([...fields].map(([name, field]) => [name, evaluate(field)])) }
}

function evaluateFunction(name: string, argument: Expression): Value {
  const value = evaluate(argument)
  if (name === 'inet_addr' && value.type === 'string') {
    const octets = new TextDecoder().decode(value.octets).split('.').map(Number)
    const sound = octets.length === 4 && octets.every((octet) => Number.isInteger(octet) && octet >= 0 && octet < 256)
    if (!sound) throw new ValueError('cannot parse in_addr')
    return { type: 'integer', value: octets.reduceRight((sum, octet) => sum * 256n + BigInt(octet), 0n) }
  }
  if (value.type !== 'string') throw new Error('the parser gives an address a string')
  const octets = parseAddress(new TextDecoder().decode(value.octets), 'ipv6')
  if (octets === null) throw new ValueError('cannot parse in6_addr')
  return { type: 'in6_addr', octets }
}

/** Neighbouring literals are decoded one by one: no escape reaches over a joint. */
function stringOctets({ raw, parts = [raw] }: StringExpression): Uint8Array {
  const decoded = parts.map((part) => {
    const octets = decodeString(part)
    if ('error' in octets) throw new ValueError(octets.error)
    return octets.bytes
  })
  return Uint8Array.from(decoded.flatMap((octets) => [...octets]))
}

export const typeName = (value: Value) => (value.type === 'struct' ? value.kind : value.type)
