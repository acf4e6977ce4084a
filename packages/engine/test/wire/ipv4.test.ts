import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ipv4Text, parseIpv4Address, put16, put32, readIpv4, u16, u32, writeIpv4 } from '../../src/wire/ipv4.js'
import { liveOctets } from '../support/playbook.js'

describe('an address', () => {
  it('is a number and a text', () => {
    expect(parseIpv4Address('192.168.0.2')).toBe(0xc0a8_0002)
    expect(ipv4Text(0xffff_ffff)).toBe('255.255.255.255')
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (address) => {
        expect(parseIpv4Address(ipv4Text(address))).toBe(address)
      }),
    )
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
  ])('is not %j', (text) => {
    expect(parseIpv4Address(text)).toBeNull()
  })
})

describe('numbers', () => {
  it('are big-endian, unsigned and cut', () => {
    const octets = new Uint8Array(6)
    put16(octets, 0, 0x1_fffe)
    put32(octets, 2, 0xfedc_ba98)
    expect([...octets]).toEqual([0xff, 0xfe, 0xfe, 0xdc, 0xba, 0x98])
    expect([u16(octets, 0), u32(octets, 2)]).toEqual([0xfffe, 0xfedc_ba98])
  })
})

describe('a header', () => {
  it('is read as it is written', () => {
    const octets = liveOctets('[tos 0x5] . 1:11(10) ack 1 win 1')
    expect(readIpv4(octets, octets.length)).toEqual({
      headerLength: 20,
      tos: 5,
      totalLength: 50,
      ttl: 255,
      protocol: 6,
      source: 0xc0a8_0002,
      destination: 0xc000_0201,
    })
  })

  it('leaves nothing of what was there before', () => {
    const octets = new Uint8Array(20).fill(0xee)
    writeIpv4(octets, 40, 6, 0, 64)
    expect(Buffer.from(octets).toString('hex')).toBe('4500002800000000400600000000000000000000')
  })

  it('ignores octets behind its length, and DF', () => {
    const octets = liveOctets('. 1:1(0) ack 1 win 1', (header) => header.set([0x40], 6))
    expect(readIpv4(octets, octets.length + 6).totalLength).toBe(40)
  })

  it.each<[string, (octets: Uint8Array) => void]>([
    ['Full IP header overflows packet', (octets) => octets.set([0x4f], 0)],
    ['IP header bigger than datagram', (octets) => octets.set([0, 19], 2)],
    ['IP payload overflows packet', (octets) => octets.set([0, 41], 2)],
  ])('that cannot be: %s', (reason, change) => {
    const octets = liveOctets('. 1:1(0) ack 1 win 1', change)
    expect(() => readIpv4(octets, 40)).toThrow(reason)
  })
})
