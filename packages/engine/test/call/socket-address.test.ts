import { describe, expect, it } from 'vitest'
import { readSocketAddress, socketAddress } from '../../src/call/socket-address.js'
import { addressText, type Family, type IpAddress, mapped, parseAddress } from '../../src/wire/address.js'

const ip = (text: string, family: Family) => parseAddress(text, family) as IpAddress
const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex')

describe('a socket address', () => {
  it('of IPv4 has 16 octets', () => {
    expect(hex(socketAddress(ip('192.0.2.1', 'ipv4'), 8080))).toBe(`02001f90c0000201${'00'.repeat(8)}`)
  })

  it('of IPv6 has 28, without flow information and scope', () => {
    expect(hex(socketAddress(ip('2001:db8::1', 'ipv6'), 8080))).toBe(
      `0a001f9000000000${'20010db8000000000000000000000001'}00000000`,
    )
  })

  it.each([
    ['192.0.2.1', 'ipv4', '192.0.2.1'],
    ['2001:db8::1', 'ipv6', '2001:db8::1'],
    ['::ffff:192.0.2.1', 'ipv6', '192.0.2.1'],
  ] as const)('of %s is read back, mapped ones as IPv4', (text, family, read) => {
    const peer = readSocketAddress(socketAddress(ip(text, family), 40_000))
    expect(peer && [addressText(peer.ip), peer.port]).toEqual([read, 40_000])
  })

  it('that is too short, or of another family, is none', () => {
    expect(readSocketAddress(new Uint8Array(0))).toBeNull()
    expect(readSocketAddress(socketAddress(mapped(ip('192.0.2.1', 'ipv4')), 1).slice(0, 27))).toBeNull()
    expect(readSocketAddress(Uint8Array.from([1, 0, ...new Array(26).fill(0)]))).toBeNull()
  })
})
