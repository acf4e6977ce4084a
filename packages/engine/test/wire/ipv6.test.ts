import { describe, expect, it } from 'vitest'
import { type IpAddress, parseAddress } from '../../src/wire/address.js'
import { readIpv6, writeIpv6 } from '../../src/wire/ipv6.js'

const fields = { totalLength: 52, protocol: 6, tos: 0xab, ttl: 64 }

describe('an IPv6 header', () => {
  it('is read as it is written', () => {
    const octets = new Uint8Array(60)
    writeIpv6(octets, 4, fields, 0xcdef1)
    const [source, destination] = ['2001:db8::1', 'fd3d::2'].map((text) => parseAddress(text, 'ipv6') as IpAddress)
    octets.set(source!, 12)
    octets.set(destination!, 28)
    expect(Buffer.from(octets).toString('hex', 4, 12)).toBe('6abcdef1000c0640')
    expect(readIpv6(octets, 4, 56)).toEqual({
      type: 'ipv6',
      headerLength: 40,
      tos: 0xab,
      flowLabel: 0xcdef1,
      totalLength: 52,
      ttl: 64,
      protocol: 6,
      source,
      destination,
    })
  })

  it('of the longest payload fills its field', () => {
    const octets = new Uint8Array(40)
    writeIpv6(octets, 0, { ...fields, totalLength: 65_575 }, 0)
    expect([octets[4], octets[5]]).toEqual([255, 255])
  })

  it.each([
    ['IPv6 header overflows packet', 39],
    ['IPv6 payload overflows packet', 51],
  ])('that cannot be: %s', (reason, end) => {
    const octets = new Uint8Array(60)
    writeIpv6(octets, 0, fields, 0)
    expect(() => readIpv6(octets, 0, end)).toThrow(reason)
  })
})
