// GRE headers.
//   gre-fields = 'flags' ( any-int | '[' gre-flag { ',' gre-flag } ']' ) [ ',' ]
//                'sum' any-int [ ',' ] 'off' any-int [ ',' ] 'key' [ '=' ] any-int [ ',' ] 'seq' any-int .
// All fields are written, in this order, whether the flags put them on the wire or not. Read first: RFC 2784, RFC 2890.
import { EXPECT, type Expectation } from '../diagnostic/expectation.js'
import { C, K } from '../scan/token.js'
import type { Reader } from './reader.js'

export interface GreFields {
  readonly flags: number
  readonly sum: number
  readonly off: number
  readonly key: number
  readonly seq: number
}

export const NO_GRE_FIELDS: GreFields = { flags: 0, sum: 0, off: 0, key: 0, seq: 0 }

export function readGreFields(reader: Reader): GreFields {
  reader.take(K.flags, EXPECT.greFlags)
  const flags = reader.accept(C.openBracket) ? readFlagNames(reader) : reader.cutInteger(16, EXPECT.greFlagsValue)
  const sum = readField(reader, K.sum, 16, EXPECT.greSum)
  const off = readField(reader, K.off, 16, EXPECT.greOff)
  reader.accept(C.comma)
  reader.take(K.key, EXPECT.greKey)
  reader.accept(C.equals)
  const key = reader.cutInteger(32)
  const seq = readField(reader, K.seq, 32, EXPECT.greSeq)
  return { flags, sum, off, key, seq }
}

function readField(reader: Reader, kind: number, bits: 16 | 32, expected: Expectation): number {
  reader.accept(C.comma)
  reader.take(kind, expected)
  return reader.cutInteger(bits)
}

function readFlagNames(reader: Reader): number {
  let flags = readFlagName(reader)
  while (reader.accept(C.comma)) flags |= readFlagName(reader)
  reader.take(C.closeBracket, EXPECT.closeBracket)
  return flags
}

function readFlagName(reader: Reader): number {
  if (reader.accept(K.none)) return 0
  const flag = FLAGS.get(reader.kind)
  if (flag === undefined) return reader.unexpected(EXPECT.greFlag)
  reader.next()
  reader.take(K.present, EXPECT.present)
  return flag
}

const FLAGS: ReadonlyMap<number, number> = new Map([
  [K.checksum, 0x8000],
  [K.key, 0x2000],
  [K['sequence#'], 0x1000],
])
