import { describe, expect, it } from 'vitest'
import { unsupported } from '../../src/schedule/script-packet.js'
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
    ['< icmp unreachable [1:1(0)]', 'ICMP packets on the kernel (--stack=kernel)'],
    ['< ipv4 1.1.1.1 > 2.2.2.2: . 1:1(0) ack 1 win 1', 'ipv4 encapsulation on the kernel (--stack=kernel)'],
    ['> gre: . 1:1(0) ack 1', 'gre encapsulation on the kernel (--stack=kernel)'],
    ['> . 1:1(0) ack 1', null],
  ])('on a userspace stack says what it needs: %s', (line, needs) => {
    const wire = { family: 'ipv4', plain: true } as const
    expect(unsupported(action(line), wire)).toBe(needs)
    expect(unsupported(action(line), { ...wire, plain: false })).toBeNull()
  })
})
