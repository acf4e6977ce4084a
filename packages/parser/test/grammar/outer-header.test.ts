import { describe, expect, it } from 'vitest'
import { bare, outer, upstream } from '../support/parse.js'

const refused = (text: string) => upstream(`0 > ${text} . 1:1(0)`)

describe('outer IP headers', () => {
  it.each([
    ['ipv4 1.1.1.1 > 2.2.2.2:', { type: 'ipv4', ip: null, source: '1.1.1.1', destination: '2.2.2.2' }],
    ['ipv6 ::1 > 2001:DB8::2:', { type: 'ipv6', ip: null, source: '::1', destination: '2001:DB8::2' }],
    [
      'ipv4 [ttl 5] 1.1.1.1 > 2.2.2.2:',
      { type: 'ipv4', ip: { check: 'none', tos: 0, flowLabel: 0, ttl: 5 }, source: '1.1.1.1', destination: '2.2.2.2' },
    ],
  ])('%s', (text, expected) => {
    expect(bare(outer(text))).toEqual(expected)
  })
  it('take [ect01] in any direction', () => {
    expect(upstream('0 < ipv4 [ect01] 1.1.1.1 > 2.2.2.2: . 1:1(0)')).toBe(
      'window must be specified for inbound packets',
    )
  })
  it.each([
    ['ipv4 ::1 > ::2:', '::1'],
    ['ipv6 1.1.1.1 > 2.2.2.2:', '1.1.1.1'],
    ['ipv4 1.1.1.1 < 2.2.2.2:', '<'],
    ['ipv4 1.1.1.1 > 2.2.2.2', '.'],
    ['ipv6 ::1 > ::2:F', '.'],
    ['ipv4 1.1.1 > 2.2.2.2:', '1.1'],
  ])('refuses %s at %s', (text, token) => {
    expect(refused(text)).toBe(`parse error at '${token}': syntax error`)
  })
  it.each([
    ['ipv4 1.1.1.256 > 2.2.2.2:', "bad IPv4 src address: '1.1.1.256'\n"],
    ['ipv4 1.1.1.1 > 2.2.2.02:', "bad IPv4 dst address: '2.2.2.02'\n"],
    ['ipv6 1:2:3:4::1.2.3.999 > ::2:', "bad IPv6 src address: '1:2:3:4::1.2.3.999'\n"],
    ['ipv6 ::1 > 1:2:3:4::1.2.3.999:', "bad IPv6 dst address: '1:2:3:4::1.2.3.999'\n"],
  ])('refuses %s: %s', (text, message) => {
    expect(refused(text)).toBe(message)
  })
})
