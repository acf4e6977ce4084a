// Runs of hexadecimal digits without 0x: Fast Open cookies and MD5 digests. One WORD or INTEGER, taken by its text, so
// a blob that happens to be a keyword (`fd`, `ce`) cannot be written.

import { EXPECT } from '../diagnostic/expectation.js'
import {
  badCookie,
  badDigest,
  cookieTooLong,
  digestTooLong,
  oddCookie,
  type SemanticWording,
} from '../diagnostic/semantic.js'
import { takeComputedDigest } from '../dialect/tcp-option.js'
import { T } from '../scan/token.js'
import type { Reader } from './reader.js'

const MAX_DIGEST = 16

/** A cookie of up to `max` octets in lower case; empty when none stands here (a request for one). */
export function readCookie(reader: Reader, max: number): string {
  if (reader.kind !== T.word && reader.kind !== T.integer) return ''
  return readBlob(reader, (digits, defined) => {
    if (digits.length % 2 !== 0) return oddCookie(digits)
    if (digits.length / 2 > max) return cookieTooLong(digits.length / 2, max)
    return isHex(digits) ? null : badCookie(digits, defined)
  })
}

/** A digest of up to 16 octets in lower case. */
export function readDigest(reader: Reader): string {
  if (reader.kind !== T.word && reader.kind !== T.integer) reader.unexpected(EXPECT.digest)
  if (takeComputedDigest(reader)) return ''
  return readBlob(reader, (digits) => {
    if (digits.length > 2 * MAX_DIGEST) return digestTooLong(digits.length)
    return digits.length % 2 === 0 && isHex(digits) ? null : badDigest(digits)
  })
}

function isHex(digits: string): boolean {
  return /^[0-9a-fA-F]*$/.test(digits)
}

function readBlob(reader: Reader, judge: (digits: string, defined: boolean) => SemanticWording | null): string {
  // A define that became an INTEGER has no digits of its own: upstream takes its name, and so does wordText.
  const digits = reader.wordText()
  const problem = judge(digits, reader.replacement !== null)
  if (problem !== null) reader.refuse(reader.tokenSpan(), problem)
  reader.next()
  return digits.toLowerCase()
}
