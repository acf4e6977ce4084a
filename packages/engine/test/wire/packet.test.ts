import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WireError } from '../../src/errors.js'
import { newSocket } from '../../src/flow/tracked-socket.js'
import { makeLive } from '../../src/flow/translate.js'
import type { Family } from '../../src/wire/address.js'
import { sealIpv4, writeIpv4 } from '../../src/wire/ipv4.js'
import { writeIpv6 } from '../../src/wire/ipv6.js'
import { hexDump, packetText, readPacket } from '../../src/wire/packet.js'
import { packet } from '../support/packets.js'

type Change = readonly [at: number, octet: number]

/** A script packet as it would lie on the wire: with a valid header checksum. */
function octetsOf(line: string): Uint8Array {
  const { octets } = packet(line)
  sealIpv4(octets, 0)
  return octets
}

describe('a packet', () => {
  it.each([
    ['< S 0:0(0) win 32792 <mss 1460,nop,wscale 7>', 'S 0:0(0) win 32792 <mss 1460,nop,wscale 7>'],
    ['< . 1:1(0) ack 1 win 100', '. 1:1(0) ack 1 win 100 '],
    ['< FP. 1:1001(1000) ack 2 win 65535 urg 5', 'FP. 1:1001(1000) ack 2 win 65535 '],
    ['< - 0:0(0) win 0', ' 0:0(0) win 0 '],
    ['< . 1:1(0) ack 1 win 9 <sack 5:9 11:13,nop,nop>', '. 1:1(0) ack 1 win 9 <sack 5:9 11:13,nop,nop>'],
    [
      '< SEWA 0:0(0) win 1 <sackOK,TS val 7 ecr 0,eol,nop,nop,nop>',
      'SEWA 0:0(0) win 1 <sackOK,TS val 7 ecr 0,eol,nop,nop,nop>',
    ],
    ['< S 0:0(0) win 1 <FO aabb,md5 00,nop>', 'S 0:0(0) win 1 <FO aabb,md5 00,nop>'],
    ['< S 0:0(0) win 1 <FOEXP aabb,nop,nop>', 'S 0:0(0) win 1 <FOEXP aabb,nop,nop>'],
    ['< S 0:0(0) win 1 <ECN e0b 1 ceb 2 e1b 70000,nop>', 'S 0:0(0) win 1 <ECN e0b 1 ceb 2 e1b 70000,nop>'],
  ])('%s is built, read and shown', (line, text) => {
    const octets = octetsOf(line)
    const read = readPacket(octets, octets.length)
    expect(read && packetText(read)).toBe(text)
  })

  it('reads back any sound header', () => {
    const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1001 })
    fc.assert(
      fc.property(u32, u32, fc.nat(65535), fc.nat(1000), fc.nat(65535), (seq, ack, win, length, urg) => {
        const octets = octetsOf(
          `< P.U ${seq}:${seq + length}(${length}) ack ${ack} win ${win} urg ${urg}`.replace('P.U', 'PU.'),
        )
        expect(readPacket(octets, octets.length)?.body).toMatchObject({
          seq,
          ack,
          window: win,
          urgent: urg,
          payloadLength: length,
          dataOffset: 5,
        })
      }),
    )
  })

  it('throws a WireError, and nothing else, for what cannot be read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.boolean(), (octets, asIpv4) => {
        if (asIpv4 && octets.length > 9) {
          octets[0] = 0x45
          octets[9] = 6
        }
        try {
          readPacket(octets, octets.length)
        } catch (error) {
          expect(error).toBeInstanceOf(WireError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  /** Reads a SYN of 44 octets of which one has been changed, under a valid header checksum. */
  const spoilt = (change: Change | null, length = 44) => {
    const octets = octetsOf('< S 0:0(0) win 1 <mss 1460>')
    if (change !== null) octets[change[0]] = change[1]
    sealIpv4(octets, 0)
    return () => readPacket(octets, length)
  }

  it.each<[string, Change | null, number?]>([
    ['IP header overflows packet', null, 10],
    ['IP payload overflows packet', null, 43],
    ['IP header too short', [0, 0x44]],
    ['More fragments remaining', [6, 0x20]],
    ['Non-zero fragment offset', [7, 1]],
    ['Unsupported IP version', [0, 0x55]],
    ['TCP data offset too small', [32, 0x40]],
    ['TCP data offset too big', [32, 0xf0]],
  ])('says: %s', (reason, change, length) => {
    expect(spoilt(change, length)).toThrow(new WireError(reason))
  })

  it.each<[string, Change]>([
    ['unexpected TCP option kind: 30', [40, 30]],
    ['TCP option with length byte is too short', [41, 1]],
    ['TCP option data extends too far', [41, 5]],
    ['bad TCP option length: was 3 but expected 4', [41, 3]],
  ])('keeps for later: %s', (reason, change) => {
    const read = spoilt(change)()
    expect(read?.body).toMatchObject({ options: [], optionsError: reason, window: 1 })
    expect(read && packetText(read)).toBe(`S 0:0(0) win 1 \n${reason}`)
  })

  it('refuses a header with a wrong checksum', () => {
    const octets = octetsOf('< S 0:0(0) win 1')
    octets[10] = (octets[10] as number) ^ 1
    expect(() => readPacket(octets, octets.length)).toThrow(new WireError('Bad IP checksum'))
  })

  it('skips what scripts cannot mean', () => {
    expect(spoilt([9, 132])()).toBeNull()
  })

  it('dumps sixteen octets per line', () => {
    expect(hexDump(new Uint8Array(17), 17)).toBe(`0x0000: ${'00 '.repeat(16)}\n0x0010: 00 \n`)
  })
})

/** A line of any kind as it would be sent to the stack, read back. */
function readBack(line: string, family: Family = 'ipv4') {
  const socket = { ...newSocket(6, 'new', family), localPort: 8080, remotePort: 9090 }
  const into = new Uint8Array(65_600)
  return readPacket(into, makeLive(socket, packet(line, family), into, false))
}

describe('a packet of any kind', () => {
  it.each<[string, Family, string]>([
    ['< udp (100)', 'ipv4', 'udp (100)'],
    ['< udp (0)', 'ipv6', 'udp (0)'],
    ['< icmp unreachable [udp (5)]', 'ipv4', 'icmpv4'],
    ['< icmp packet_too_big mtu 1280 [1:1001(1000)]', 'ipv6', 'icmpv6'],
    ['< S 0:0(0) win 5 <mss 1460>', 'ipv6', 'S 0:0(0) win 5 <mss 1460>'],
    ['< ipv4 1.2.3.4 > 5.6.7.8: udp (3)', 'ipv4', 'ipv4 1.2.3.4 > 5.6.7.8: udp (3)'],
    ['< ipv4 1.2.3.4 > 5.6.7.8: . 1:1(0) ack 1 win 5', 'ipv6', 'ipv4 1.2.3.4 > 5.6.7.8: . 1:1(0) ack 1 win 5 '],
    ['< ipv6 2001:DB8::1 > ::2: icmp echo_request', 'ipv4', 'ipv6 2001:db8::1 > ::2: icmpv4'],
    [
      '< ipv6 ::1 > ::2: gre: mpls (label 5, tc 6, ttl 7) (label 8, tc 1, [S], ttl 9): udp (3)',
      'ipv4',
      'ipv6 ::1 > ::2: gre flags 0x0 proto 0x8847: mpls (label 5, tc 6, ttl 7) (label 8, tc 1, [S], ttl 9): udp (3)',
    ],
    [
      '< ipv4 1.1.1.1 > 2.2.2.2: gre flags [key present], sum 1, off 2, key 3, seq 4: udp (3)',
      'ipv6',
      'ipv4 1.1.1.1 > 2.2.2.2: gre flags 0x2000 proto 0x86dd key 0x10002: udp (3)',
    ],
  ])('%s over %s is built, read and shown', (line, family, text) => {
    const read = readBack(line, family)
    expect(read && packetText(read)).toBe(text)
  })

  const IP = '< ipv4 1.1.1.1 > 2.2.2.2: '
  it('may have six headers', () => {
    expect(readBack(`${IP}ipv4 3.3.3.3 > 4.4.4.4: gre: mpls (label 5, tc 6, [S], ttl 7): udp (3)`)?.outer).toHaveLength(
      4,
    )
  })

  /** IPv4 headers around whatever is behind the last. */
  const nested = (protocols: readonly number[], inner: Uint8Array) =>
    protocols.reduceRight((payload, protocol) => {
      const octets = new Uint8Array(20 + payload.length)
      octets.set(payload, 20)
      writeIpv4(octets, 0, { totalLength: octets.length, protocol, tos: 0, ttl: 64 })
      sealIpv4(octets, 0)
      return octets
    }, inner)
  const udp = Uint8Array.from([0, 1, 0, 2, 0, 8, 0, 0])
  const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))

  it.each([
    ['Too many nested headers at UDP header', [4, 4, 4, 4, 4, 17], udp],
    ['Too many nested headers at IPv4 header', [4, 4, 4, 4, 4, 4, 17], udp],
    ['Too many nested headers at GRE header', [4, 4, 4, 4, 4, 47], hex('00000000')],
    ['Bad IP version (6) for ETHERTYPE_IP', [47], hex(`0000080060${'00'.repeat(19)}`)],
    ['IPv4 header overflows packet', [47], hex(`0000080060${'00'.repeat(18)}`)],
    ['Bad IP version for ETHERTYPE_IPV6', [47], hex(`000086dd40${'00'.repeat(39)}`)],
    ['IPv6 header overflows packet', [47], hex(`000086dd60${'00'.repeat(38)}`)],
    ['MPLS stack entry overflows packet', [47], hex('00008847')],
    ['IP header overflows packet', [47], hex(`000088470000010145${'00'.repeat(18)}`)],
    ['Unsupported IP version', [47], hex(`000088470000010150${'00'.repeat(19)}`)],
    ['IP header too short', [4], hex('44')],
    ['Truncated ICMPv4 header', [1], hex('00')],
  ])('says: %s', (reason, protocols, inner) => {
    const octets = nested(protocols, inner)
    expect(() => readPacket(octets, octets.length)).toThrow(new WireError(reason))
  })

  it.each([
    ['ICMPv6 over IPv4', [58], udp],
    ['MPLS without GRE', [137], hex('00000101')],
    ['another protocol in GRE', [47], hex('00006558')],
    ['SCTP in a tunnel', [4, 132], udp],
  ])('skips %s', (_what, protocols, inner) => {
    const octets = nested(protocols, inner)
    expect(readPacket(octets, octets.length)).toBeNull()
  })

  it('skips IPv6 with extension headers', () => {
    const octets = new Uint8Array(48)
    writeIpv6(octets, 0, { totalLength: 48, protocol: 0, tos: 0, ttl: 1 }, 0)
    expect(readPacket(octets, octets.length)).toBeNull()
  })
})
