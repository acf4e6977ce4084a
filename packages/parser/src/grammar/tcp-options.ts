// TCP option lists.
//   tcp-options = '<' ELLIPSIS '>' | '<' tcp-option { ',' tcp-option } '>' .
// No list at all means: no options. All numbers are decimal; padding is written by the author.
// Read first: RFC 9293 3.2, RFC 7323 2 and 3, RFC 2018 3, RFC 2385, RFC 7413 4.1, the AccECN draft 3.2.3.
import type { Span, TcpOption } from '../ast/nodes.js'
import { EXPECT } from '../diagnostic/expectation.js'
import { anyOptionsInbound, optionsTooLong, outOfRange } from '../diagnostic/semantic.js'
import { C, K, T } from '../scan/token.js'
import { readCookie, readDigest } from './hex-blob.js'
import type { Direction } from './packet.js'
import type { Reader } from './reader.js'

export interface TcpOptionList {
  readonly options: readonly TcpOption[] | 'any'
  /** Octets on the wire; 0 for `any`. */
  readonly length: number
  readonly span: Span
}

const MAX_LENGTH = 40
const U8 = 0xff
const U16 = 0xffff
const U24 = 0xffffff
const U32 = 0xffffffff

/** Reads the list whose `<` the reader stands on. */
export function readTcpOptions(reader: Reader, direction: Direction): TcpOptionList {
  const start = reader.start
  reader.next()
  if (reader.accept(T.ellipsis)) {
    reader.take(C.greater, EXPECT.endOfAnyOptions)
    const span = reader.spanFrom(start)
    if (direction === 'inbound') reader.refuse(span, anyOptionsInbound())
    return { options: 'any', length: 0, span }
  }
  const options: TcpOption[] = []
  let length = 0
  do {
    const option = readOption(reader)
    options.push(option)
    length += octets(option)
    if (length > MAX_LENGTH) reader.refuse(option.span, optionsTooLong(length))
  } while (reader.accept(C.comma))
  reader.take(C.greater, EXPECT.endOfTcpOption)
  return { options, length, span: reader.spanFrom(start) }
}

function readOption(reader: Reader): TcpOption {
  const start = reader.start
  switch (reader.kind) {
    case K.nop:
      reader.next()
      return { kind: 'nop', span: reader.spanFrom(start) }
    case K.mss: {
      reader.next()
      const value = readNumber(reader, 'mss value', U16)
      return { kind: 'mss', value, span: reader.spanFrom(start) }
    }
    case K.sackOK:
      reader.next()
      return { kind: 'sackOK', span: reader.spanFrom(start) }
    case K.TS:
      return readTimestamps(reader, start)
    case K.wscale: {
      reader.next()
      const value = readNumber(reader, 'window scale shift count', U8)
      return { kind: 'wscale', value, span: reader.spanFrom(start) }
    }
    case K.sack:
      return readSack(reader, start)
    case K.eol:
      reader.next()
      return { kind: 'eol', span: reader.spanFrom(start) }
    case K.md5:
      reader.next()
      return { kind: 'md5', octets: readDigest(reader), span: reader.spanFrom(start) }
    case K.FO:
      reader.next()
      return { kind: 'FO', octets: readCookie(reader, 38), span: reader.spanFrom(start) }
    case K.FOEXP:
      reader.next()
      return { kind: 'FOEXP', octets: readCookie(reader, 36), span: reader.spanFrom(start) }
    case K.ECN:
      return readAccEcn(reader, start)
  }
  return reader.unexpected(EXPECT.tcpOption)
}

function readNumber(reader: Reader, what: string, max: number): number {
  return reader.integerWithin(0, max, (found) => outOfRange(what, found, 0, max))
}

function readTimestamps(reader: Reader, start: number): TcpOption {
  reader.next()
  reader.take(K.val, EXPECT.val)
  const val = readNumber(reader, 'ts val', U32)
  reader.take(K.ecr, EXPECT.ecr)
  const ecr = readNumber(reader, 'ecr val', U32)
  return { kind: 'TS', val, ecr, span: reader.spanFrom(start) }
}

/** Blocks stand side by side without commas. */
function readSack(reader: Reader, start: number): TcpOption {
  reader.next()
  const blocks: { left: number; right: number }[] = []
  do {
    const leftSpan = reader.tokenSpan()
    const left = reader.integer(EXPECT.sackLeft)
    reader.take(C.colon, EXPECT.sackColon)
    const rightSpan = reader.tokenSpan()
    const right = reader.integer(EXPECT.sackRight)
    checkEdge(reader, left, leftSpan, 'TCP SACK left sequence number')
    checkEdge(reader, right, rightSpan, 'TCP SACK right sequence number')
    blocks.push({ left, right })
  } while (reader.kind === T.integer)
  return { kind: 'sack', blocks, span: reader.spanFrom(start) }
}

function checkEdge(reader: Reader, edge: number, span: Span, what: string): void {
  if (edge < 0 || edge > U32) reader.refuse(span, outOfRange(what, reader.source.slice(span.start, span.end), 0, U32))
}

/** One to three counters; the first one decides the order of the others. */
function readAccEcn(reader: Reader, start: number): TcpOption {
  reader.next()
  const order = reader.kind === K.e1b ? 1 : 0
  if (reader.kind !== K.e0b && reader.kind !== K.e1b) reader.unexpected(EXPECT.accEcnFirst)
  const counters = [readCounter(reader)]
  if (reader.kind === K.ceb) {
    counters.push(readCounter(reader))
    if (reader.kind === (order === 0 ? K.e1b : K.e0b)) counters.push(readCounter(reader))
  }
  return { kind: 'ECN', order, counters, span: reader.spanFrom(start) }
}

function readCounter(reader: Reader): number {
  reader.next()
  return readNumber(reader, 'TCP AccECN field value', U24)
}

/** Length on the wire. */
function octets(option: TcpOption): number {
  switch (option.kind) {
    case 'nop':
    case 'eol':
      return 1
    case 'sackOK':
      return 2
    case 'mss':
      return 4
    case 'wscale':
      return 3
    case 'TS':
      return 10
    case 'sack':
      return 2 + 8 * option.blocks.length
    case 'md5':
    case 'FO':
      return 2 + option.octets.length / 2
    case 'FOEXP':
      return 4 + option.octets.length / 2
    case 'ECN':
      return 2 + 3 * option.counters.length
  }
}
