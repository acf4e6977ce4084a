import { describe, expect, it } from 'vitest'
import type { Family } from '../../src/wire/address.js'
import { ipv4Checksum } from '../../src/wire/ipv4.js'
import { layersOf, readPacket } from '../../src/wire/packet.js'
import { packet } from '../support/packets.js'

const hex = (line: string, family: Family = 'ipv4') => Buffer.from(packet(line, family).octets).toString('hex')
/** A header without its checksum. */
const ip4 = (head: string, addresses = '0000000000000000') => new RegExp(`^${head.slice(0, 20)}[0-9a-f]{4}${addresses}`)

describe('the headers of a line', () => {
  it('of UDP', () => {
    expect(hex('< udp 5 > 6 (3)')).toMatch(ip4('4500001f00000000ff11'))
    expect(hex('< udp 5 > 6 (3)').slice(40)).toBe('00050006000b0000' + '000000')
    expect(hex('< udp (3)', 'ipv6')).toBe(`60000000000b11ff${'00'.repeat(32)}00000000000b0000000000`)
  })

  it('of IPv6 with traffic class, flow label and hop limit', () => {
    expect(hex('< [tos 0xab, flowlabel 0x12345] . 1:1(0) ack 1 win 1', 'ipv6')).toMatch(/^6ab12345001406ff/)
    expect(hex('< [ttl 9] . 1:1(0) ack 1 win 1', 'ipv6')).toMatch(/^6000000000140609/)
    expect(hex('< [flowlabel 0x12345] udp (0)', 'ipv4')).toMatch(ip4('4500001c00000000ff11'))
  })

  it.each<[string, Family, number]>([
    ['< icmp unreachable', 'ipv4', 36],
    ['< icmp unreachable [udp (1000)]', 'ipv4', 36],
    ['< icmp unreachable [1:1001(1000)]', 'ipv6', 56],
    ['< icmp echo_request [raw (8)]', 'ipv4', 8],
    ['< icmp echo_request [raw (1000)]', 'ipv6', 1000],
  ])('%s over %s has %i octets of ICMP', (line, family, length) => {
    const { octets, values } = packet(line, family)
    expect(octets.length - values.place.bodyAt).toBe(length)
    expect(values.body.payloadLength).toBe(length - 8)
  })

  it('quote what an error is about with its full length', () => {
    expect(hex('< icmp unreachable port_unreachable [udp (1000)]').slice(40)).toBe(
      `0303000000000000${'4500040400000000ff110000'}${'00'.repeat(16)}`,
    )
    expect(hex('< icmp unreachable [7:1007(1000)]').slice(40)).toBe(
      `0300000000000000${'4500041000000000ff060000'}${'00'.repeat(8)}00000000${'00000007'}`,
    )
  })

  it('of a tunnel know what follows them, and how long it is', () => {
    const text = hex('< ipv4 1.2.3.4 > 5.6.7.8: gre: mpls (label 5, tc 6, [S], ttl 7): udp (3)')
    // 20 + 4 + 4 + 20 + 8 + 3 octets.
    expect(text).toMatch(ip4('4500003b00000000ff2f', '0102030405060708'))
    expect(text.slice(40)).toMatch(/^0000884700005d07/)
    expect(ipv4Checksum(packet('< ipv4 1.2.3.4 > 5.6.7.8: udp (3)').octets, 0, 20)).toBe(0)
    expect(hex('< ipv6 ::1 > ::2: udp (3)')).toMatch(/^60000000001f04ff/)
    expect(hex('< ipv6 ::1 > ::2: gre: udp (3)', 'ipv6')).toMatch(/^6000000000372fff.{64}000086dd6/)
    expect(hex('< ipv4 1.2.3.4 > 5.6.7.8: udp (3)', 'ipv6')).toMatch(ip4('4500004700000000ff29', '0102030405060708'))
  })

  it('of MPLS without GRE cannot be named by IP: 0, as upstream has it', () => {
    expect(hex('< ipv4 1.2.3.4 > 5.6.7.8: mpls (label 5, tc 6, [S], ttl 7): udp (3)')).toMatch(
      ip4('4500003700000000ff00', '0102030405060708'),
    )
  })

  it('have a TOS and a TTL of their own, and no flow label where they are outer ones', () => {
    const { values } = packet('< ipv6 [tos 0x7, flowlabel 0x5] ::1 > ::2: [tos 0x3, flowlabel 0x6] udp (3)', 'ipv6')
    expect(values.outer[0]).toMatchObject({ tos: 7, flowLabel: 0, ttl: 255 })
    expect(values.ip).toMatchObject({ tos: 3, flowLabel: 6, ttl: 255 })
  })

  it('are read back from the octets as they were written', () => {
    const line = '< ipv6 ::1 > ::2: gre flags [checksum present], sum 1, off 2, key 3, seq 4: udp 5 > 6 (3)'
    const { octets, values } = packet(line)
    const read = readPacket(octets, octets.length)
    expect(read && layersOf(read)).toEqual(layersOf(values))
    expect(read?.place).toEqual(values.place)
  })
})
