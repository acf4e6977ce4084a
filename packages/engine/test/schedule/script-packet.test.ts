import { describe, expect, it } from 'vitest'
import { nothingLacking } from '../../src/host/lacking.js'
import { unsupported } from '../../src/schedule/script-packet.js'
import { declaring } from '../support/declaring.js'
import { action, packet } from '../support/packets.js'

const hex = (line: string) => Buffer.from(packet(line).octets).toString('hex')

describe('a packet line', () => {
  it('becomes octets, without what only the run knows', () => {
    expect(hex('< S 1:1(0) ack 2 win 3 urg 4 <mss 1460>')).toBe(
      ['4500002c', '00000000', 'ff06bbcc', '00000000', '00000000'].join('') +
        ['00000000', '00000001', '00000002', '60020003', '00000004', '020405b4'].join(''),
    )
    expect(hex('< 77 > 99 P. 1:3(2) ack 0 win 65535')).toBe(
      ['4500002a', '00000000', 'ff06bbce', '00000000', '00000000'].join('') +
        ['004d0063', '00000001', '00000000', '5018ffff', '00000000', '0000'].join(''),
    )
  })

  it.each([
    ['[tos 0x04]', 4, 255],
    ['[noecn]', 0, 255],
    ['[ect1]', 1, 255],
    ['[ect0]', 2, 255],
    ['[ce]', 3, 255],
    ['[ttl 64]', 0, 64],
    ['[ttl 0]', 0, 255],
    ['[ttl 300]', 0, 44],
    ['(ect0, flowlabel 0x5)', 2, 255],
  ])('%s fills the IP header', (info, tos, ttl) => {
    const { octets } = packet(`< ${info} . 1:1(0) ack 1 win 1`)
    expect([octets[1], octets[8]]).toEqual([tos, ttl])
  })

  it.each([
    ['FSRPU.', 0x03f],
    ['SEWA', 0x1c2],
    ['.', 0x010],
    ['-', 0],
    ['.5', 0x150],
    ['P.3', 0x0d8],
    ['S.0', 0x012],
  ])('%s sets flags', (flags, bits) => {
    const { octets } = packet(`< ${flags} 0:0(0) win 1`)
    expect((((octets[32] as number) << 8) | (octets[33] as number)) & 0x1ff).toBe(bits)
  })

  it('says what of it is compared', () => {
    expect(packet('> . 1:1(0) ack 1').compare).toEqual({
      tos: 'none',
      window: false,
      ace: false,
      options: true,
    })
    expect(packet('> [ect01] .5 1:1(0) ack 1 win 9 <...>').compare).toEqual({
      tos: 'ect01',
      window: true,
      ace: true,
      options: false,
    })
  })

  it.each([
    ['> . 1:1(0) ack 2', '. 1:1(0) ack 2 '],
    ['> .5 1:1(0) ack 2 win 9', '.5 1:1(0) ack 2 win 9 '],
    ['> S. 0:0(0) ack 1 <...>', 'S. 0:0(0) ack 1 '],
    ['> S. 0:0(0) ack 1 <mss 1460,nop,wscale 8>', 'S. 0:0(0) ack 1 <mss 1460,nop,wscale 8>'],
  ])('is shown as upstream shows it: %s', (line, text) => {
    expect(packet(line).text).toBe(text)
  })

  it('of 65536 octets wraps its length to 0', () => {
    const { octets } = packet('< . 0:65496(65496) ack 1 win 1')
    expect([octets.length, octets[2], octets[3]]).toEqual([65_536, 0, 0])
  })

  it.each([
    ['> udp (100)', null],
    ['< icmp unreachable [1:1(0)]', 'ICMP errors at its sockets'],
    ['< icmp unreachable frag_needed mtu 1000 [1:1(0)]', 'ICMP errors at its sockets'],
    ['> icmp unreachable [1:1(0)]', null],
    ['< icmp echo_request', null],
    ['< ipv4 1.1.1.1 > 2.2.2.2: . 1:1(0) ack 1 win 1', null],
    ['> gre: . 1:1(0) ack 1', null],
    ['> . 1:1(0) ack 1', null],
  ])('says what a stack of TCP and UDP alone lacks: %s', (line, words) => {
    const lacking = declaring('TCP', 'UDP', 'IPV4')
    const problem = unsupported(action(line), { family: 'ipv4', lacking })
    expect(problem?.message ?? null).toBe(words === null ? null : `skipped: stack lacks ${words}`)
    expect(unsupported(action(line), { family: 'ipv4', lacking: nothingLacking })).toBeNull()
  })

  it('of UDP is nothing for a stack of TCP alone, and the other way round', () => {
    const [udp, tcp] = [action('> udp (100)'), action('> . 1:1(0) ack 1')]
    expect(unsupported(udp, { family: 'ipv4', lacking: declaring('TCP') })?.verdict).toBe('skip')
    expect(unsupported(tcp, { family: 'ipv4', lacking: declaring('UDP') })?.verdict).toBe('skip')
  })

  it('with ICMPv6: Packet Too Big is for any stack, other errors for one that tells its sockets', () => {
    const wire = { family: 'ipv6', lacking: declaring('TCP', 'IPV6') } as const
    expect(unsupported(action('< icmp packet_too_big mtu 1280 [1:1(0)]', 'ipv6'), wire)).toBeNull()
    expect(unsupported(action('< icmp unreachable [1:1(0)]', 'ipv6'), wire)).not.toBeNull()
  })
})
