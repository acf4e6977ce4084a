// TCP option lists.
//   tcp-options = '<' ELLIPSIS '>' | '<' tcp-option { ',' tcp-option } '>' .
// No list at all means: no options. All numbers are decimal; padding is written by the author.
// Read first: RFC 9293 3.2, RFC 7323 2 and 3, RFC 2018 3, RFC 2385, RFC 7413 4.1, the AccECN draft 3.2.3.
import type { TcpOption } from '../ast/nodes.js'
import { EXPECT } from '../diagnostic/expectation.js'
import { anyOptionsInbound, optionsTooLong } from '../diagnostic/semantic.js'
import { takeForeignOption } from '../dialect/tcp-option.js'
import { C, K, T } from '../scan/token.js'
import { readCookie, readDigest } from './hex-blob.js'
import { readNumber, refuseNumber, U8, U16, U24, U32 } from './number.js'
import type { Direction } from './packet.js'
import type { Reader } from './reader.js'

const MAX_LENGTH = 40

/** Reads the list whose `<` the reader stands on. */
export function readTcpOptions(reader: Reader, direction: Direction): TcpOption[] | 'any' {
  const start = reader.start
  reader.next()
  if (reader.accept(T.ellipsis)) {
    reader.take(C.greater, EXPECT.endOfAnyOptions)
    const span = reader.spanFrom(start)
    if (direction === 'inbound') reader.refuse(span, anyOptionsInbound())
    return 'any'
  }
  const begin = reader.beginList()
  let length = 0
  do {
    if (takeForeignOption(reader)) continue
    const option = readOption(reader)
    reader.addToList(option)
    length += octets(option)
    if (length > MAX_LENGTH && reader.foreign.length === 0) reader.refuse(option.span, optionsTooLong(length))
  } while (reader.accept(C.comma))
  reader.take(C.greater, EXPECT.endOfTcpOption)
  return reader.endList(begin)
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

function readTimestamps(reader: Reader, start: number): TcpOption {
  reader.next()
  reader.take(K.val, EXPECT.val)
  const valStart = reader.start
  const val = reader.integer()
  const valEnd = reader.previousEnd
  reader.take(K.ecr, EXPECT.ecr)
  const ecrStart = reader.start
  const ecr = reader.integer()
  if (val < 0 || val > U32) refuseNumber(reader, 'ts val', U32, valStart, valEnd)
  if (ecr < 0 || ecr > U32) refuseNumber(reader, 'ecr val', U32, ecrStart, reader.previousEnd)
  return { kind: 'TS', val, ecr, span: reader.spanFrom(start) }
}

interface Block {
  readonly left: number
  readonly right: number
}

/** Blocks stand side by side without commas. */
function readSack(reader: Reader, start: number): TcpOption {
  reader.next()
  const begin = reader.beginList()
  do reader.addToList(readBlock(reader))
  while (reader.kind === T.integer)
  return { kind: 'sack', blocks: reader.endList<Block>(begin), span: reader.spanFrom(start) }
}

function readBlock(reader: Reader): Block {
  const leftStart = reader.start
  const left = reader.integer(EXPECT.sackLeft)
  const leftEnd = reader.previousEnd
  reader.take(C.colon, EXPECT.sackColon)
  const rightStart = reader.start
  const right = reader.integer(EXPECT.sackRight)
  if (left < 0 || left > U32) refuseNumber(reader, 'TCP SACK left sequence number', U32, leftStart, leftEnd)
  if (right < 0 || right > U32) {
    refuseNumber(reader, 'TCP SACK right sequence number', U32, rightStart, reader.previousEnd)
  }
  return { left, right }
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

/** Length of the list on the wire, in octets. */
export function lengthOf(options: readonly TcpOption[]): number {
  let length = 0
  for (const option of options) length += octets(option)
  return length
}

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
