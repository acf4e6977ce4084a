import { SocketAddress } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addressText,
  type IpAddress,
  mapped,
  networkOf,
  parseAddress,
  sameAddress,
  unmapped,
} from '../../src/wire/address.js'

const v4 = (text: string) => parseAddress(text, 'ipv4') as IpAddress
const v6 = (text: string) => parseAddress(text, 'ipv6') as IpAddress

describe('an IPv4 address', () => {
  it('is four octets and a text', () => {
    expect([...v4('192.168.0.2')]).toEqual([192, 168, 0, 2])
    expect(addressText(v4('255.255.255.255'))).toBe('255.255.255.255')
  })

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '1.2.3.x',
    '1.2.3.-4',
    '1..2.3',
    ' 1.2.3.4',
    '1.2.3.0004',
    '0x1.2.3.4',
    '::1',
  ])('is not %j', (text) => {
    expect(parseAddress(text, 'ipv4')).toBeNull()
  })
})

describe('an IPv6 address', () => {
  it.each([
    ['2001:DB8::1', '2001:db8::1'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['fd3d:fa7b:d17d:8888:0:0:0:0', 'fd3d:fa7b:d17d:8888::'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['::ffff:1.2.3.4', '::ffff:1.2.3.4'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
    ['::192.0.2.1', '::192.0.2.1'],
  ])('%s is shown as %s', (text, shown) => {
    expect(addressText(v6(text))).toBe(shown)
  })

  it('is shown as the C library shows it, and read back', () => {
    const group = fc.oneof(fc.constant(0), fc.constant(0xffff), fc.nat(0xffff))
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const written = groups.map((each) => each.toString(16)).join(':')
        const text = addressText(v6(written))
        expect(text).toBe(new SocketAddress({ address: written, family: 'ipv6' }).address)
        expect([...v6(text)]).toEqual(groups.flatMap((each) => [each >>> 8, each & 255]))
      }),
    )
  })

  it.each(['', '1.2.3.4', '1:2', ':::', '1::2::3', '12345::', 'fe80::1%eth0', '::1/64'])('is not %j', (text) => {
    expect(parseAddress(text, 'ipv6')).toBeNull()
  })
})

describe('addresses', () => {
  it('are the same by their octets, within a family', () => {
    expect(sameAddress(v4('1.2.3.4'), v4('1.2.3.4'))).toBe(true)
    expect(sameAddress(v4('1.2.3.4'), v4('1.2.3.5'))).toBe(false)
    expect(sameAddress(v4('0.0.0.0'), v6('::'))).toBe(false)
  })

  it('of IPv4 can be mapped, and come back', () => {
    expect(addressText(mapped(v4('1.2.3.4')))).toBe('::ffff:1.2.3.4')
    expect(addressText(unmapped(mapped(v4('1.2.3.4'))))).toBe('1.2.3.4')
    for (const other of ['::1.2.3.4', '2001:db8::1', '1::ffff:1.2.3.4']) expect(unmapped(v6(other))).toEqual(v6(other))
    expect(unmapped(v4('1.2.3.4'))).toEqual(v4('1.2.3.4'))
  })

  it.each([
    ['192.0.2.77', 24, '192.0.2.0'],
    ['192.0.2.77', 28, '192.0.2.64'],
    ['192.0.2.77', 32, '192.0.2.77'],
    ['192.0.2.77', 0, '0.0.0.0'],
  ])('have a network: %s/%i is in %s', (text, length, network) => {
    expect(addressText(networkOf(v4(text), length))).toBe(network)
  })
})
