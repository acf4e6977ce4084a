import { isIPv4, isIPv6 } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isInetAddr, isIpv4, isIpv6 } from '../../src/text/address.js'

describe('isIpv4', () => {
  it.each(['0.0.0.0', '1.2.3.4', '255.255.255.255', '192.0.2.1'])('takes %s', (text) => {
    expect(isIpv4(text)).toBe(true)
  })
  it.each(['', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1..2.3', '1.2.3.', '1.2.3.4 ', 'a.b.c.d'])(
    'refuses %j',
    (text) => {
      expect(isIpv4(text)).toBe(false)
    },
  )
})

describe('isIpv6', () => {
  it.each([
    '::',
    '::1',
    '1::',
    '1:2:3:4:5:6:7:8',
    '2001:DB8::1',
    '1:2:3:4:5:6:7::',
    '::ffff:1.2.3.4',
    '1:2:3:4:5:6:1.2.3.4',
  ])('takes %s', (text) => {
    expect(isIpv6(text)).toBe(true)
  })
  it.each([
    '',
    ':',
    '1',
    '1:',
    ':1',
    ':::',
    '1::2::3',
    '12345::',
    'g::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '::1.2.3',
    '1.2.3.4',
    ':1.2.3.4',
    '::1%eth0',
  ])('refuses %j', (text) => {
    expect(isIpv6(text)).toBe(false)
  })
})

describe('both', () => {
  it('agree with Node on addresses and on what is nearly one', () => {
    const part = fc.constantFrom('0', '1', 'f', '255', '256', 'ffff', '00', '12345', ':', '::', '.')
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const text = parts.join('')
        expect(isIpv4(text)).toBe(isIPv4(text))
        // RFC 4291 lets a gap stand for one group and no less, as inet_pton does.
        expect(isIpv6(text)).toBe(isIPv6(text))
      }),
      { numRuns: 3000 },
    )
    fc.assert(fc.property(fc.ipV4(), isIpv4))
    fc.assert(fc.property(fc.ipV6(), isIpv6))
  })
})

describe('isInetAddr', () => {
  it.each(['1.2.3.4', '1.2.3', '1.65535', '4294967295', '0x7f.1', '010.0.0.1', '0', '255.255.255.255'])(
    'takes %s',
    (text) => {
      expect(isInetAddr(text)).toBe(true)
    },
  )
  it.each([
    '',
    'garbage',
    '256.1.1.1',
    '1.2.3.256',
    '1.2.65536',
    '1.16777216',
    '4294967296',
    '08',
    '0x',
    '1.2.3.4.5',
    '-1',
    '1..2',
  ])('refuses %j', (text) => {
    expect(isInetAddr(text)).toBe(false)
  })
})
