import { describe, expect, it } from 'vitest'
import { decodeString } from '../../src/text/escape.js'

const octets = (raw: string) => {
  const decoded = decodeString(raw)
  return 'bytes' in decoded ? [...decoded.bytes] : decoded.error
}

describe('decodeString', () => {
  it.each([
    ['', []],
    ['ab', [97, 98]],
    ['\\n\\r\\t\\v\\f', [10, 13, 9, 11, 12]],
    ['\\\\', [92]],
    ['\\"', [34]],
    ['\\x00\\xfF', [0, 255]],
    ['a\nb', [97, 10, 98]],
    ['é', [0xc3, 0xa9]],
    ['€', [0xe2, 0x82, 0xac]],
    ['😀', [0xf0, 0x9f, 0x98, 0x80]],
    ['\ud800', [0xef, 0xbf, 0xbd]],
  ])('%j gives its octets', (raw, expected) => {
    expect(octets(raw)).toEqual(expected)
  })

  it.each([
    ['a\\0', "unsupported escape code: '0'"],
    ['\\a', "unsupported escape code: 'a'"],
    ['a\\', "unsupported escape code: ''"],
    ['\\x', "invalid hex escape (\\xhh): '\\x'"],
    ['b\\x1', "invalid hex escape (\\xhh): '\\x1'"],
    ['\\x1gh', "invalid hex escape (\\xhh): '\\x1gh'"],
  ])('%j is refused in the words of upstream', (raw, error) => {
    expect(octets(raw)).toBe(error)
  })
})
