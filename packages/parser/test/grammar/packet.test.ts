import { describe, expect, it } from 'vitest'
import { packet, refusal, upstream } from '../support/parse.js'

const GRE = 'gre: '

describe('packets', () => {
  it('go in or out', () => {
    expect(packet('< . 1:1(0) win 5').direction).toBe('inbound')
    expect(packet('> . 1:1(0)').direction).toBe('outbound')
  })
  it('have outer headers, outermost first, and the ip-info of the inner one', () => {
    const { outer, ip, body } = packet('> ipv4 1.1.1.1 > 2.2.2.2: gre: [ce] . 1:1(0)')
    expect(outer.map(({ type }) => type)).toEqual(['ipv4', 'gre'])
    expect(ip).toMatchObject({ check: 'ecn', tos: 3 })
    expect(body.type).toBe('tcp')
  })
  it('have spans that enclose their parts', () => {
    const { span, outer, ip, body } = packet('> gre: [ce] . 1:1(0) ack 1')
    expect([span, outer[0]?.span, ip?.span, body.span]).toEqual([
      { start: 2, end: 28 },
      { start: 4, end: 8 },
      { start: 9, end: 13 },
      { start: 14, end: 28 },
    ])
  })
  it('take four outer headers, with PSP two', () => {
    expect(packet(`> ${GRE.repeat(4)}. 1:1(0)`).outer).toHaveLength(4)
    const psp = { pspUdpPort: 1000 }
    expect(packet(`> ${GRE.repeat(2)}encap psp spi 1 . 1:1(0)`, psp).outer).toHaveLength(2)
    expect(upstream(`0 > ${GRE.repeat(3)}encap psp spi 1 . 1:1(0)`, psp)).toBe('too many headers')
    expect(upstream(`0 > ${GRE.repeat(5)}. 1:1(0)`)).toBe('too many headers')
    expect(upstream(`0 > ${GRE.repeat(7)} oops`)).toBe('too many headers')
    expect(refusal(`0 > ${GRE.repeat(5)}. 1:1(0)`).span.start).toBe(4 + 4 * GRE.length)
  })
  it('refuses [ect01] inbound for TCP and ICMP; UDP takes it', () => {
    const message = '[ect01] can only be used with outbound packets'
    expect(upstream('0 < [ect01] . 1:1(0) win 5')).toBe(message)
    expect(upstream('0 < [ect01] icmp echo_request')).toBe(message)
    expect(packet('< [ect01] udp (5)').ip?.check).toBe('ect01')
    expect(packet('> [ect01] . 1:1(0)').ip?.check).toBe('ect01')
  })
  it.each([
    ['0 >', ''],
    ['0 > <', '<'],
    ['0 > tcp', ''],
    ['0 > (tos 0x1) ipv4 1.1.1.1 > 2.2.2.2: . 1:1(0)', 'ipv4'],
    ['0 > > . 1:1(0)', '>'],
  ])('refuses %s at %j', (text, token) => {
    expect(upstream(`${text}\n`)).toBe(`parse error at '${token}': syntax error`)
  })
})
