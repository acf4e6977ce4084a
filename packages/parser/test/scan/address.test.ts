import { describe, expect, it } from 'vitest'
import { endOfIpv4, endOfIpv6 } from '../../src/scan/address.js'

describe('endOfIpv6', () => {
  // The literal that is taken, and what is left.
  it.each([
    ['::', ''],
    ['::1', ''],
    ['1::', ''],
    ['1:2:3:4:5:6:7:8', ''],
    ['1:2:3:4:5:6:7:8', ':9'],
    ['1:2:3:4:5:6:7::', ''],
    ['1:2:3:4:5:6:7::', '8'],
    ['1:2:3:4:5:6::7', ''],
    ['1:2:3:4:5:6::7', ':8'],
    ['::1:2:3:4:5:6:7', ''],
    ['::1:2:3:4:5:6:7', ':8'],
    ['1::1234', '5'],
    ['ABCD::ef', 'g'],
    ['::ffff:1.2.3.4', ''],
    ['::ffff:0:1.2.3.4', ''],
    ['::ffff:0000:1.2.3.4', ''],
    ['::ffff:1:1', '.2.3.4'],
    ['::FFFF:1', '.2.3.4'],
    ['::1', '.2.3.4'],
    ['64:ff9b::1.2.3.4', ''],
    ['1:2:3:4::1.2.3.4', ''],
    ['1:2:3:4:5::1', '.2.3.4'],
    ['1::2:3', '.2.3.4'],
    ['::1', ':'],
    ['1::', '::2'],
  ])('%s | %s', (literal, rest) => {
    expect(endOfIpv6(`<${literal}${rest}`, 1)).toBe(1 + literal.length)
  })

  it.each(['1:1001', '5:8', '1:2:3:4:5:6:7', '12345::1', ':1', 'g::', '1:2:3:4:5:6:7:g', ''])('none in %j', (text) => {
    expect(endOfIpv6(text, 0)).toBe(-1)
  })
})

describe('endOfIpv4', () => {
  it('takes four runs of digits, of any value', () => {
    expect(endOfIpv4('1.22.333.4444x', 0)).toBe(13)
  })
  it.each(['1.2.3', '1.2.3.', '1..2.3', '.1.2.3', ''])('none in %j', (text) => {
    expect(endOfIpv4(text, 0)).toBe(-1)
  })
})
