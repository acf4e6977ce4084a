import { describe, expect, it } from 'vitest'
import { ipv4Checksum, readIpv4, sealIpv4, writeIpv4 } from '../../src/wire/ipv4.js'
import { ENDPOINTS, liveOctets } from '../support/playbook.js'

describe('an IPv4 header', () => {
  it('is read as it is written', () => {
    const octets = liveOctets('[tos 0x5] . 1:11(10) ack 1 win 1')
    expect(readIpv4(octets, 0, octets.length)).toEqual({
      type: 'ipv4',
      headerLength: 20,
      tos: 5,
      totalLength: 50,
      ttl: 255,
      protocol: 6,
      source: ENDPOINTS.localIp,
      destination: ENDPOINTS.remoteIp,
    })
  })

  it('is written where it belongs, with its checksum', () => {
    const octets = new Uint8Array(44)
    writeIpv4(octets, 4, { totalLength: 40, protocol: 6, tos: 0, ttl: 64 })
    expect(Buffer.from(octets).toString('hex', 0, 24)).toBe('000000004500002800000000400600000000000000000000')
    sealIpv4(octets, 4)
    expect(ipv4Checksum(octets, 4, 20)).toBe(0)
    sealIpv4(octets, 4)
    expect(ipv4Checksum(octets, 4, 20)).toBe(0)
  })

  it('ignores octets behind its length, and DF', () => {
    const octets = liveOctets('. 1:1(0) ack 1 win 1', (header) => header.set([0x40], 6))
    expect(readIpv4(octets, 0, octets.length + 6).totalLength).toBe(40)
  })

  it.each<[string, (octets: Uint8Array) => void]>([
    ['Full IP header overflows packet', (octets) => octets.set([0x4f], 0)],
    ['IP header bigger than datagram', (octets) => octets.set([0, 19], 2)],
    ['IP payload overflows packet', (octets) => octets.set([0, 41], 2)],
  ])('that cannot be: %s', (reason, change) => {
    const octets = liveOctets('. 1:1(0) ack 1 win 1', change)
    expect(() => readIpv4(octets, 0, 40)).toThrow(reason)
  })
})
