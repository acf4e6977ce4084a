import { describe, expect, it } from 'vitest'
import { type IcmpFields, readIcmp, writeIcmp } from '../../src/wire/icmp.js'

const head = (type: 'icmpv4' | 'icmpv6', fields: Partial<IcmpFields>) => {
  const octets = new Uint8Array(8)
  writeIcmp(octets, 0, type, { icmpType: 3, code: 4, id: 0, mtu: null, ...fields })
  return Buffer.from(octets).toString('hex')
}

describe('an ICMP head', () => {
  it.each([
    ['icmpv4', {}, '0304000000000000'],
    ['icmpv4', { mtu: 1280 }, '0304000000000500'],
    ['icmpv4', { id: 0x1234 }, '0304000012340000'],
    ['icmpv4', { id: 0x1234, mtu: 1280 }, '0304000012340500'],
    ['icmpv6', { mtu: 0xfedc_ba98 }, '03040000fedcba98'],
    ['icmpv6', { id: 0x1234, mtu: 0xfedc_ba98 }, '030400001234ba98'],
  ] as const)('of %s with %j is %s', (type, fields, hex) => {
    expect(head(type, fields)).toBe(hex)
  })

  it('is read with the length behind it', () => {
    const octets = Uint8Array.from([9, 9, 128, 1, 0, 0, 0, 0, 0, 0, 1, 2, 3])
    expect(readIcmp(octets, 2, 13, 'icmpv6')).toEqual({ type: 'icmpv6', icmpType: 128, code: 1, payloadLength: 3 })
  })

  it.each([
    ['icmpv4', 'Truncated ICMPv4 header'],
    ['icmpv6', 'Truncated ICMPv6 header'],
  ] as const)('of %s has eight octets', (type, reason) => {
    expect(() => readIcmp(new Uint8Array(9), 2, 9, type)).toThrow(reason)
  })
})
