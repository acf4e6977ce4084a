import { describe, expect, it } from 'vitest'
import { lowBits, saturated } from '../../src/scan/number.js'

describe('saturated', () => {
  it.each([
    ['5', 5n],
    ['-5', -5n],
    ['0xff', 255n],
    ['99999999999999999999', 9223372036854775807n],
    ['-99999999999999999999', -9223372036854775808n],
    [`-${'0'.repeat(100)}5`, -5n],
    [`0x${'0'.repeat(100)}5`, 5n],
  ])('%s', (literal, value) => {
    expect(saturated(literal)).toBe(value)
  })

  // Converted, a million digits take a third of a second, and sixteen million eleven.
  it.each(['9', '0x9', '-9'])(
    '%s… of any length',
    (start) => {
      const extreme = start.startsWith('-') ? -(1n << 63n) : (1n << 63n) - 1n
      expect(saturated(start + '9'.repeat(16e6))).toBe(extreme)
    },
    2000,
  )
})

describe('lowBits', () => {
  it('cuts as C does', () => {
    expect(lowBits(0x12345n, 16)).toBe(0x2345)
    expect(lowBits(-1n, 32)).toBe(0xffffffff)
  })
})
