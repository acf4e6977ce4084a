// ICMP messages, of the version that the wire has.
//   icmp   = [ ip-info ] 'icmp' WORD [ WORD ] [ 'mtu' INTEGER ] [ 'id' INTEGER ] [ echoed ] .
//   echoed = '[' seq ']' | '[' 'udp' '(' INTEGER ')' ']' | '[' 'raw' '(' INTEGER ')' ']' .
import type { IcmpBody, IpInfo, Span } from '../ast/nodes.js'
import { EXPECT } from '../diagnostic/expectation.js'
import {
  badEchoId,
  badIcmpCode,
  badIcmpType,
  badMtu4,
  badMtu6,
  ect01Inbound,
  icmpTooShort,
  mtu4OutOfRange,
  mtu6OutOfRange,
  outOfRange,
} from '../diagnostic/semantic.js'
import { suggest } from '../diagnostic/suggest.js'
import { FOREIGN_CODES, isRouterAdvertisement, takeForeignEcho } from '../dialect/icmp.js'
import { takeEncapsulation } from '../dialect/segment.js'
import { C, K, T } from '../scan/token.js'
import { type IcmpType, icmpTypes, numbered } from './icmp-names.js'
import type { Reader } from './reader.js'
import { readSequence } from './sequence.js'

const ICMP_HEADER = 8
const U16 = 0xffff
const U32 = 0xffffffff

interface Word {
  readonly text: string
  readonly span: Span
}

interface Measure {
  readonly value: number
  readonly span: Span
}

/** `ect01`: an ip-info that may not stand before this message. */
export function readIcmp(reader: Reader, ect01: IpInfo | null): IcmpBody {
  const start = reader.start
  // In front of the word, what is echoed is of another dialect; packet.ts has looked.
  const leading = reader.kind === C.openBracket ? readEchoed(reader) : null
  reader.next()
  if (reader.kind !== T.word) reader.unexpected(EXPECT.icmpType)
  const typeWord = readWord(reader)
  const codeWord = reader.kind === T.word ? readWord(reader) : null
  const mtu = reader.accept(K.mtu) ? readNumber(reader) : null
  const id = reader.accept(K.id) ? readNumber(reader) : null
  const echoed = leading === null && reader.kind === C.openBracket ? readEchoed(reader) : (leading ?? NOTHING_ECHOED)
  const span = reader.spanFrom(start)

  // Upstream asks when the whole message has been read, in this order.
  if (ect01 !== null) reader.refuse(ect01.span, ect01Inbound())
  if (id !== null && (id.value < 0 || id.value > U16)) reader.refuse(id.span, badEchoId(textOf(reader, id.span)))
  checkRawLength(reader, echoed)
  const type = findType(reader, typeWord)
  const code = codeWord === null ? 0 : findCode(reader, typeWord, type, codeWord)
  const mtuValue = checkMtu(reader, type.type, code, mtu)
  return {
    type: 'icmp',
    icmpType: type.type,
    icmpCode: code,
    mtu: mtuValue,
    id: id?.value ?? 0,
    echoed: echoed.value,
    span,
  }
}

function readWord(reader: Reader): Word {
  const word = { text: reader.wordText(), span: reader.tokenSpan() }
  reader.next()
  return word
}

function readNumber(reader: Reader): Measure {
  const span = reader.tokenSpan()
  return { value: reader.integer(), span }
}

function textOf(reader: Reader, span: Span): string {
  return reader.source.slice(span.start, span.end)
}

// ------------------------------------------------------------------ type, code, MTU

/** A type that is written as a number has no names for its codes. */
function findType(reader: Reader, word: Word): IcmpType {
  const types = icmpTypes(reader.settings.wireFamily)
  const named = Object.hasOwn(types, word.text) ? types[word.text] : undefined
  if (named !== undefined) return named
  if (isRouterAdvertisement(reader, word.text)) {
    reader.foreign.push({ needs: 'nplab packetdrill', what: 'router advertisements', span: word.span })
    return { type: 134, codes: {} }
  }
  const type = numbered('type', word.text)
  if (type !== null) return { type, codes: {} }
  const version = reader.settings.wireFamily === 'ipv4' ? 4 : 6
  return reader.refuse(word.span, badIcmpType(word.text, version, suggest(word.text, Object.keys(types))))
}

function findCode(reader: Reader, typeWord: Word, type: IcmpType, word: Word): number {
  const named = Object.hasOwn(type.codes, word.text) ? type.codes[word.text] : undefined
  const code = named ?? numbered('code', word.text) ?? FOREIGN_CODES[typeWord.text]?.[word.text] ?? null
  if (code !== null) return code
  return reader.refuse(
    word.span,
    badIcmpCode(word.text, typeWord.text, suggest(word.text, [...Object.keys(type.codes), 'mtu', 'id'])),
  )
}

/** A negative MTU counts as none. */
function checkMtu(reader: Reader, type: number, code: number, mtu: Measure | null): number | null {
  if (mtu === null || mtu.value < 0 || reader.foreign.length > 0) return null
  if (reader.settings.wireFamily === 'ipv4') {
    // RFC 1191 4: the next-hop MTU is in "fragmentation needed" alone.
    if (type !== 3 || code !== 4) reader.refuse(mtu.span, badMtu4())
    if (mtu.value > U16) reader.refuse(mtu.span, mtu4OutOfRange(textOf(reader, mtu.span)))
  } else {
    // RFC 4443 3.2.
    if (type !== 2 || code !== 0) reader.refuse(mtu.span, badMtu6())
    if (mtu.value > U32) reader.refuse(mtu.span, mtu6OutOfRange(textOf(reader, mtu.span)))
  }
  return mtu.value
}

// ------------------------------------------------------------------ what is echoed

interface Echoed {
  readonly value: IcmpBody['echoed']
  readonly span: Span
}

/** Without a clause the message quotes a TCP header with sequence 0. */
const NOTHING_ECHOED: Echoed = { value: { kind: 'none' }, span: { start: 0, end: 0 } }

function readEchoed(reader: Reader): Echoed {
  reader.next()
  let echoed: Echoed
  if (reader.accept(K.udp)) {
    const { value: payloadLength, span } = readLength(reader, 'UDP payload size')
    echoed = { value: { kind: 'udp', payloadLength }, span }
  } else if (reader.accept(K.raw)) {
    const { value: length, span } = readLength(reader, 'ICMP length')
    echoed = { value: { kind: 'raw', length }, span }
  } else if (reader.kind === T.word && takeForeignEcho(reader)) echoed = NOTHING_ECHOED
  else {
    if (reader.kind !== T.integer) reader.unexpected(EXPECT.echoed)
    const start = reader.start
    const { seq, payloadLength } = readSequence(reader)
    echoed = { value: { kind: 'tcp', seq, payloadLength }, span: reader.spanFrom(start) }
    if (reader.kind === C.slash) takeEncapsulation(reader)
  }
  reader.take(C.closeBracket, EXPECT.closeBracket)
  return echoed
}

/** `( N )`. Upstream cuts N to 16 bits without a word. */
function readLength(reader: Reader, what: string): Measure {
  reader.take(C.openParenthesis, EXPECT.payloadOpen)
  const length = readNumber(reader)
  reader.take(C.closeParenthesis, EXPECT.close)
  if (length.value < 0 || length.value > U16) {
    reader.refuse(length.span, outOfRange(what, textOf(reader, length.span), 0, U16))
  }
  return length
}

function checkRawLength(reader: Reader, echoed: Echoed): void {
  const { value, span } = echoed
  if (value.kind === 'raw' && value.length < ICMP_HEADER) reader.refuse(span, icmpTooShort(value.length))
}
