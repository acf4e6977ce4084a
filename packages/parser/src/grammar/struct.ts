// Brace forms: structures with named fields in a fixed order, iovecs, MPLS stacks, GRE headers, and lists.
// The first token behind the brace decides which one it is. Field names in the tree are the C members.
import type {
  Expression,
  FunctionExpression,
  IntegerExpression,
  ListExpression,
  StructExpression,
} from '../ast/nodes.js'
import { EXPECT, type Expectation } from '../diagnostic/expectation.js'
import { badSockaddr, outOfRange, unknownFamily } from '../diagnostic/semantic.js'
import { suggest } from '../diagnostic/suggest.js'
import {
  asIovec,
  isCmsgLength,
  readLingerValue,
  readSizedControl,
  readSizedName,
  startsSizedControl,
  startsSizedName,
} from '../dialect/struct.js'
import { C, K, T } from '../scan/token.js'
import { isIpv4, isIpv6 } from '../text/address.js'
import { readBracketList, readExpression, readFunction, readOr } from './expression.js'
import { readGreFields } from './gre.js'
import { type MplsLabel, readMplsLabels } from './mpls.js'
import type { Reader } from './reader.js'

type Fields = Map<string, Expression>

/** Reads `{ … }` of whatever kind. */
export function readBraces(reader: Reader): StructExpression | ListExpression {
  const start = reader.start
  reader.next()
  const finish = (kind: StructExpression['kind'], fields: Fields, expected: Expectation): StructExpression => {
    reader.take(C.closeBrace, expected)
    return { type: 'struct', kind, fields, span: reader.spanFrom(start) }
  }
  switch (reader.kind) {
    case K.sa_family:
      return readSockaddr(reader, start)
    case K.msg_name:
      return finish('msghdr', readMsghdr(reader), EXPECT.endOrComma)
    case K.fd:
      return finish('pollfd', readPollfd(reader), EXPECT.endOrComma)
    case K.events:
      return finish('epollev', readEpollEvent(reader), EXPECT.closeBrace)
    case K.onoff:
      return finish('linger', readPattern(reader, LINGER, readLingerValue), EXPECT.closeBrace)
    case K.scm_sec:
      return finish('scm_timestamping', readIntegers(reader, SCM_TIMESTAMPING), EXPECT.closeBrace)
    case K.cmsg_level:
      return finish('cmsg', readFields(reader, CMSG), EXPECT.closeBrace)
    case K.ee_errno:
      return finish('sock_extended_err', readFields(reader, SOCK_EXTENDED_ERR), EXPECT.closeBrace)
    case K.flags:
      return finish('gre', readGre(reader), EXPECT.closeBrace)
    case C.closeBrace:
    case C.openParenthesis:
      return finish('mpls_stack', readMplsStack(reader), EXPECT.mplsEntryOrEnd)
    case T.ellipsis:
      return readIovecOrList(reader, start)
  }
  return readBraceList(reader, start, readExpression(reader))
}

// ------------------------------------------------------------------ lists and iovecs

/** `{..., N}` is an iovec always, `{...}` a list of one. */
function readIovecOrList(reader: Reader, start: number): StructExpression | ListExpression {
  const ellipsisStart = reader.start
  reader.next()
  const ellipsis: Expression = { type: 'ellipsis', span: reader.spanFrom(ellipsisStart) }
  if (reader.kind !== C.comma) {
    return readBraceList(reader, start, reader.kind === C.bar ? readOr(reader, ellipsis) : ellipsis)
  }
  reader.next()
  const fields: Fields = new Map<string, Expression>([
    ['iov_base', ellipsis],
    ['iov_len', readInteger(reader, EXPECT.iovecLength)],
  ])
  reader.take(C.closeBrace, EXPECT.closeBrace)
  return { type: 'struct', kind: 'iovec', fields, span: reader.spanFrom(start) }
}

function readBraceList(reader: Reader, start: number, first: Expression): ListExpression | StructExpression {
  const begin = reader.beginList()
  reader.addToList(first)
  while (reader.accept(C.comma)) {
    if (reader.kind === K.cmsg_level && isCmsgLength(first)) {
      reader.endList(begin)
      const fields = readFields(reader, CMSG)
      reader.take(C.closeBrace, EXPECT.closeBrace)
      return { type: 'struct', kind: 'cmsg', fields, span: reader.spanFrom(start) }
    }
    if (FIELDS.has(reader.kind)) reader.unexpected(misnamedField(first))
    reader.addToList(readExpression(reader))
  }
  reader.take(C.closeBrace, EXPECT.endOfBraces)
  const elements = reader.endList<Expression>(begin)
  const list: ListExpression = { type: 'list', elements, braces: true, span: reader.spanFrom(start) }
  return asIovec(list) ?? list
}

/** A field of a structure whose first field has been misspelt, so that it was taken for a list. */
function misnamedField(first: Expression): Expectation {
  const name = first.type === 'assign' ? first.name : ''
  const near = suggest(name, FIRST_FIELDS)
  return near === null
    ? EXPECT.firstField
    : { ...EXPECT.firstField, hint: `Did you mean '${near}' instead of '${name}'?` }
}

/** By which a structure is known. */
const FIRST_FIELDS = ['sa_family', 'msg_name', 'fd', 'events', 'onoff', 'cmsg_level', 'scm_sec', 'ee_errno', 'flags']

const FIELDS: ReadonlySet<number> = new Set(
  [
    K.sin_port,
    K.sin_addr,
    K.msg_iov,
    K.msg_flags,
    K.msg_control,
    K.fd,
    K.ptr,
    K.u32,
    K.u64,
    K.events,
    K.revents,
  ].concat([K.linger, K.cmsg_type, K.cmsg_data, K.scm_nsec, K.ee_origin, K.ee_type, K.ee_code, K.ee_info, K.ee_data]),
)

// ------------------------------------------------------------------ structures of one pattern

type Field = readonly [name: string, kind: number, expected: Expectation]

// The first field's keyword has been seen, so its expectation is never said.
const LINGER: readonly Field[] = [
  ['l_onoff', K.onoff, EXPECT.equals],
  ['l_linger', K.linger, EXPECT.linger],
]
const SCM_TIMESTAMPING: readonly Field[] = [
  ['scm_sec', K.scm_sec, EXPECT.equals],
  ['scm_nsec', K.scm_nsec, EXPECT.scm_nsec],
]
const CMSG: readonly Field[] = [
  ['cmsg_level', K.cmsg_level, EXPECT.equals],
  ['cmsg_type', K.cmsg_type, EXPECT.cmsg_type],
  ['cmsg_data', K.cmsg_data, EXPECT.cmsg_data],
]
const SOCK_EXTENDED_ERR: readonly Field[] = [
  ['ee_errno', K.ee_errno, EXPECT.equals],
  ['ee_origin', K.ee_origin, EXPECT.ee_origin],
  ['ee_type', K.ee_type, EXPECT.ee_type],
  ['ee_code', K.ee_code, EXPECT.ee_code],
  ['ee_info', K.ee_info, EXPECT.ee_info],
  ['ee_data', K.ee_data, EXPECT.ee_data],
]

function readFields(reader: Reader, pattern: readonly Field[]): Fields {
  return readPattern(reader, pattern, readExpression)
}

function readIntegers(reader: Reader, pattern: readonly Field[]): Fields {
  return readPattern(reader, pattern, readInteger)
}

function readPattern(reader: Reader, pattern: readonly Field[], readValue: (reader: Reader) => Expression): Fields {
  const fields: Fields = new Map()
  for (const [name, kind, expected] of pattern) {
    if (fields.size > 0) reader.take(C.comma, EXPECT.comma)
    reader.take(kind, expected)
    reader.take(C.equals, EXPECT.equals)
    fields.set(name, readValue(reader))
  }
  return fields
}

export function readInteger(reader: Reader, expected: Expectation = EXPECT.integer): IntegerExpression {
  if (reader.kind !== T.integer) reader.unexpected(expected)
  const span = reader.tokenSpan()
  const integer: IntegerExpression = { type: 'integer', value: reader.integerValue(), text: reader.sourceText(), span }
  reader.next()
  return integer
}

// ------------------------------------------------------------------ structures with a shape of their own

function readSockaddr(reader: Reader, start: number): StructExpression {
  reader.next()
  reader.take(C.equals, EXPECT.equals)
  if (reader.kind !== T.word) reader.unexpected(EXPECT.family)
  const family = reader.wordText()
  const familySpan = reader.tokenSpan()
  reader.next()
  reader.take(C.comma, EXPECT.comma)
  reader.take(K.sin_port, EXPECT.sin_port)
  reader.take(C.equals, EXPECT.equals)
  const port = readHtons(reader)
  reader.take(C.comma, EXPECT.comma)
  reader.take(K.sin_addr, EXPECT.sin_addr)
  reader.take(C.equals, EXPECT.equals)
  if (reader.kind !== K.inet_addr) reader.unexpected(EXPECT.inet_addr)
  const address = readFunction(reader, 'inet_addr')
  reader.take(C.closeBrace, EXPECT.closeBrace)
  // Upstream asks when the whole structure has been read, and takes any family and port.
  if (family !== 'AF_INET' && family !== 'AF_INET6') reader.refuse(familySpan, unknownFamily(family))
  checkPort(reader, port.argument)
  const version = family === 'AF_INET6' ? 6 : 4
  const { argument } = address
  const isGood = version === 6 ? isIpv6 : isIpv4
  if (!isGood(argument.raw)) reader.refuse(argument.span, badSockaddr(version, argument.raw))
  const fields: Fields = new Map<string, Expression>([
    ['sa_family', { type: 'word', name: family, span: familySpan }],
    ['sin_port', port],
    ['sin_addr', address],
  ])
  return { type: 'struct', kind: 'sockaddr', fields, span: reader.spanFrom(start) }
}

function readHtons(reader: Reader): FunctionExpression & { readonly argument: IntegerExpression } {
  const start = reader.start
  reader.take(K.htons, EXPECT.htons)
  reader.take(C.openParenthesis, EXPECT.open)
  const argument = readInteger(reader)
  reader.take(C.closeParenthesis, EXPECT.close)
  return { type: 'function', name: 'htons', argument, span: reader.spanFrom(start) }
}

/** Upstream cuts the port to 16 bits without a word. */
function checkPort(reader: Reader, { value, span }: IntegerExpression): void {
  if (value < 0n || value > 65535n) reader.refuse(span, outOfRange('sin_port', String(value), 0, 65535))
}

/** `(...)=...`: upstream has no other name. */
function readMsgName(reader: Reader): Expression {
  if (reader.kind === C.openParenthesis && startsSizedName(reader)) return readSizedName(reader)
  reader.take(C.openParenthesis, EXPECT.open)
  reader.take(T.ellipsis, EXPECT.ellipsis)
  reader.take(C.closeParenthesis, EXPECT.close)
  reader.take(C.equals, EXPECT.equals)
  const span = reader.tokenSpan()
  reader.take(T.ellipsis, EXPECT.ellipsis)
  return { type: 'ellipsis', span }
}

function readMsghdr(reader: Reader): Fields {
  reader.next()
  const name = readMsgName(reader)
  reader.take(C.comma, EXPECT.comma)
  reader.take(K.msg_iov, EXPECT.msg_iov)
  reader.take(C.openParenthesis, EXPECT.open)
  const length = readInteger(reader)
  reader.take(C.closeParenthesis, EXPECT.close)
  reader.take(C.equals, EXPECT.equals)
  const vectors = readBracketList(reader, EXPECT.element)
  reader.take(C.comma, EXPECT.comma)
  const sized = reader.kind === K.msg_control && startsSizedControl(reader) ? readSizedControl(reader) : null
  reader.take(K.msg_flags, EXPECT.msg_flags)
  reader.take(C.equals, EXPECT.equals)
  const fields: Fields = new Map<string, Expression>([
    ['msg_name', name],
    ['msg_iovlen', length],
    ['msg_iov', vectors],
    ['msg_flags', readExpression(reader)],
  ])
  if (sized !== null) return fields.set('msg_control', sized)
  if (reader.accept(C.comma)) {
    reader.take(K.msg_control, EXPECT.msg_control)
    reader.take(C.equals, EXPECT.equals)
    fields.set('msg_control', readBracketList(reader, EXPECT.element))
  }
  return fields
}

function readPollfd(reader: Reader): Fields {
  const fields = readPattern(reader, POLLFD, readExpression)
  if (reader.accept(C.comma)) {
    reader.take(K.revents, EXPECT.revents)
    reader.take(C.equals, EXPECT.equals)
    fields.set('revents', readExpression(reader))
  }
  return fields
}

const POLLFD: readonly Field[] = [
  ['fd', K.fd, EXPECT.equals],
  ['events', K.events, EXPECT.events],
]

function readEpollEvent(reader: Reader): Fields {
  const fields = readPattern(reader, EPOLL_EVENTS, readExpression)
  reader.take(C.comma, EXPECT.comma)
  const member = EPOLL_DATA.get(reader.kind)
  if (member === undefined) return reader.unexpected(EXPECT.epollData)
  reader.next()
  reader.take(C.equals, EXPECT.equals)
  return fields.set(member, readExpression(reader))
}

const EPOLL_EVENTS: readonly Field[] = [['events', K.events, EXPECT.equals]]
const EPOLL_DATA: ReadonlyMap<number, string> = new Map([
  [K.fd, 'fd'],
  [K.ptr, 'ptr'],
  [K.u32, 'u32'],
  [K.u64, 'u64'],
])

// ------------------------------------------------------------------ headers as values

function readGre(reader: Reader): Fields {
  const start = reader.start
  const header = readGreFields(reader)
  const span = reader.spanFrom(start)
  const fields: Fields = new Map()
  for (const name of ['flags', 'sum', 'off', 'key', 'seq'] as const) {
    fields.set(name, { type: 'integer', value: BigInt(header[name]), text: String(header[name]), span })
  }
  return fields
}

/** Each label as a list of its four numbers, for a field holds one expression. */
function readMplsStack(reader: Reader): Fields {
  const start = reader.start
  const labels = readMplsLabels(reader)
  const span = { start, end: Math.max(start, reader.previousEnd) }
  const elements = labels.map((label) => labelList(label))
  return new Map([['labels', { type: 'list', elements, braces: false, span }]])
}

function labelList(label: MplsLabel): ListExpression {
  const { span } = label
  const numbers = [label.label, label.trafficClass, label.bottom ? 1 : 0, label.ttl]
  const elements = numbers.map((value) => ({
    type: 'integer' as const,
    value: BigInt(value),
    text: String(value),
    span,
  }))
  return { type: 'list', elements, braces: false, span }
}
