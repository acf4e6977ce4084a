import { describe, expect, it } from 'vitest'
import { refusal, tcp, upstream } from '../support/parse.js'

describe('TCP segments', () => {
  it('have defaults for all that is not written', () => {
    const { flags, span, ...rest } = tcp('> . 1:1(0)')
    expect(flags.ack).toBe(true)
    expect(span).toEqual({ start: 4, end: 12 })
    expect(rest).toEqual({
      type: 'tcp',
      sourcePort: 0,
      destinationPort: 0,
      seq: 1,
      payloadLength: 0,
      ack: 0,
      window: null,
      urgent: 0,
      options: null,
      pspSpi: null,
    })
  })
  it('have all parts in one order', () => {
    expect(tcp('< 5 > 6 P. 1:11(10) ack 7 win 8 urg 9 <nop,nop,nop,nop>')).toMatchObject({
      sourcePort: 5,
      destinationPort: 6,
      seq: 1,
      payloadLength: 10,
      ack: 7,
      window: 8,
      urgent: 9,
      options: [{ kind: 'nop' }, { kind: 'nop' }, { kind: 'nop' }, { kind: 'nop' }],
    })
  })
  it('take every number up to the limit of its field', () => {
    expect(tcp('> 65535 > 65535 . 4294967295:4294967295(0) ack 4294967295 win 65535 urg 65535')).toMatchObject({
      sourcePort: 65535,
      seq: 4294967295,
      ack: 4294967295,
      window: 65535,
      urgent: 65535,
    })
  })
  it.each([
    ['> 65536 > 1 . 1:1(0)', 'src port out of range'],
    ['> -1 > 1 . 1:1(0)', 'src port out of range'],
    ['> 1 > 65536 . 1:1(0)', 'dst port out of range'],
    ['> . 1:1(0) ack 4294967296', 'TCP ack sequence number out of range'],
    ['> . 1:1(0) ack -1', 'TCP ack sequence number out of range'],
    ['> . 1:1(0) win 65536', 'TCP window value out of range'],
    ['> . 1:1(0) urg 65536', 'urg_ptr value out of range'],
    ['< . 1:1(0)', 'window must be specified for inbound packets'],
    ['> . 1:65498(65497)', 'TCP segment too large'],
    [
      '> . 1:65477(65476) <nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop>',
      'TCP segment too large',
    ],
  ])('refuses %s: %s', (text, message) => {
    expect(upstream(`0 ${text}`)).toBe(message)
  })
  it('take as much payload as the packet holds, which depends on the family', () => {
    expect(tcp('> . 1:65497(65496)').payloadLength).toBe(65496)
    expect(upstream('0 > . 1:65497(65496)', { wireFamily: 'ipv6' })).toBe('TCP segment too large')
    expect(tcp('> . 1:65477(65476)', { wireFamily: 'ipv6' }).payloadLength).toBe(65476)
  })
  it.each([
    ['> . 1:1(0) win 5 ack 1', 'ack'],
    ['> . 1:1(0) <nop,nop,nop,nop> win 5', 'win'],
    ['> . 1:1(0) ack 0x1', '0x1'],
    ['> 5 6 . 1:1(0)', '6'],
    ['> 5 > X . 1:1(0)', 'X'],
  ])('refuses %s at %s', (text, token) => {
    expect(upstream(`0 ${text}`)).toBe(`parse error at '${token}': syntax error`)
  })
  it('report what concerns the whole segment before the token behind it', () => {
    expect(upstream('0 < . 1:1(0) )')).toBe('window must be specified for inbound packets')
    expect(upstream('0 > Sx 1:1(0) )')).toBe("Invalid TCP flag: 'x'")
  })
})

describe('PSP', () => {
  it('needs its port', () => {
    expect(tcp('> encap psp spi 0x10 5 > 6 . 1:1(0)', { pspUdpPort: 1000 })).toMatchObject({
      pspSpi: 16,
      sourcePort: 5,
    })
    expect(upstream('0 > encap psp spi 16 . 1:1(0)')).toBe('attempting to use PSP without specifying its UDP port')
    expect(refusal('0 > encap psp spi 16 . 1:1(0)').span).toEqual({ start: 4, end: 20 })
  })
  it('is for TCP only', () => {
    expect(upstream('0 > encap psp spi 1 udp (5)', { pspUdpPort: 1 })).toBe("parse error at 'udp': syntax error")
  })
})
