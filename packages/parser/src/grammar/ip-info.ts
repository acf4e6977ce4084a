// TOS, ECN, flow label and TTL of an IP header.
//   ip-info = '(' ip-spec ')' | '[' ip-spec ']' .
//   ip-spec = tos | 'flowlabel' HEX | 'ttl' INTEGER | tos ',' 'flowlabel' HEX .
//   tos     = 'noecn' | 'ect0' | 'ect1' | 'ce' | 'ect01' | 'tos' HEX .
import type { IpInfo } from '../ast/nodes.js'
import { EXPECT, type Expectation } from '../diagnostic/expectation.js'
import { outOfRangeForBits } from '../diagnostic/semantic.js'
import { takeOtherName } from '../dialect/ip-info.js'
import { C, K, T } from '../scan/token.js'
import type { Reader } from './reader.js'

/** A TTL that is not given; 0 and 255 in a script mean the same. */
const TTL_NOT_GIVEN = 255

/** Reads an ip-info if one stands here. */
export function readIpInfo(reader: Reader): IpInfo | null {
  const start = reader.start
  if (reader.kind === C.openParenthesis)
    return readBetween(reader, start, C.closeParenthesis, EXPECT.matchingParenthesis)
  if (reader.kind === C.openBracket) return readBetween(reader, start, C.closeBracket, EXPECT.matchingBracket)
  return null
}

function readBetween(reader: Reader, start: number, close: number, expected: Expectation): IpInfo {
  reader.next()
  let check: IpInfo['check'] = 'none'
  let tos = 0
  let flowLabel = 0
  let ttl = TTL_NOT_GIVEN
  const other = reader.kind === T.word ? takeOtherName(reader) : null
  if (reader.kind === K.flowlabel) flowLabel = readFlowLabel(reader)
  else if (other === 'ttl' || reader.accept(K.ttl)) ttl = readTtl(reader)
  else {
    if (other === 'tos' || reader.accept(K.tos)) {
      check = 'tos'
      tos = readHex(reader, 8, 'tos', EXPECT.tosHex)
    } else if (reader.accept(K.ect01)) check = 'ect01'
    else {
      check = 'ecn'
      tos = readEcn(reader)
    }
    if (reader.accept(C.comma)) {
      if (reader.kind !== K.flowlabel) reader.unexpected(EXPECT.flowlabel)
      flowLabel = readFlowLabel(reader)
    }
  }
  reader.take(close, expected)
  return { check, tos, flowLabel, ttl, span: reader.spanFrom(start) }
}

/** RFC 3168 5: ECT(0) is 2 and ECT(1) is 1. */
function readEcn(reader: Reader): number {
  if (reader.accept(K.noecn)) return 0
  if (reader.accept(K.ect1)) return 1
  if (reader.accept(K.ect0)) return 2
  if (reader.accept(K.ce)) return 3
  return reader.unexpected(EXPECT.ipInfo)
}

function readFlowLabel(reader: Reader): number {
  reader.next()
  return readHex(reader, 20, 'flowlabel', EXPECT.flowlabelHex)
}

/** The low octet of any number, as upstream cuts it. */
function readTtl(reader: Reader): number {
  if (reader.kind !== T.integer) reader.unexpected(EXPECT.integer)
  const ttl = reader.cutInteger(16) & 0xff
  return ttl === 0 ? TTL_NOT_GIVEN : ttl
}

function readHex(reader: Reader, bits: number, what: string, expected: Expectation): number {
  if (reader.kind !== T.hex) reader.unexpected(expected)
  const value = reader.number
  if (value > 2 ** bits - 1) reader.refuse(reader.tokenSpan(), outOfRangeForBits(what, reader.sourceText(), bits))
  reader.next()
  return value
}
