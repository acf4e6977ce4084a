import { describe, expect, it } from 'vitest'
import { lowBits, saturated } from '../../src/scan/number.js'

describe('saturated', () => {
  it.each([
    ['5', 5n],
    ['-5', -5n],
    ['0xff', 255n],
    ['99999999999999999999', 9223372036854775807n],
    ['-99999999999999999999', -9223372036854775808n],
  ])('%s', (literal, value) => {
    expect(saturated(literal)).toBe(value)
  })
})

describe('lowBits', () => {
  it('cuts as C does', () => {
    expect(lowBits(0x12345n, 16)).toBe(0x2345)
    expect(lowBits(-1n, 32)).toBe(0xffffffff)
  })
})
