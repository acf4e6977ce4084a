import { describe, expect, it } from 'vitest'
import { packet, upstream } from '../support/parse.js'

describe('UDP datagrams', () => {
  it.each([
    ['udp (0)', { sourcePort: 0, destinationPort: 0, payloadLength: 0 }],
    ['udp 1 > 65535 (1000)', { sourcePort: 1, destinationPort: 65535, payloadLength: 1000 }],
    ['[tos 0x4] udp (65508)', { sourcePort: 0, destinationPort: 0, payloadLength: 65508 }],
  ])('%s', (text, expected) => {
    expect(packet(`> ${text}`).body).toMatchObject({ type: 'udp', ...expected })
  })
  it.each([
    ['udp 65536 > 1 (5)', 'src port out of range'],
    ['udp 1 > -1 (5)', 'dst port out of range'],
    ['udp (65536)', 'UDP payload size out of range'],
    ['udp (65509)', 'UDP datagram too large'],
    ['[noecn] udp (5)', 'ECN can only be used with TCP packets'],
    ['[ce] udp (5)', 'ECN can only be used with TCP packets'],
  ])('refuses %s: %s', (text, message) => {
    expect(upstream(`0 > ${text}`)).toBe(message)
  })
  it('have less room on IPv6', () => {
    expect(upstream('0 > udp (65489)', { wireFamily: 'ipv6' })).toBe('UDP datagram too large')
    expect(packet('> udp (65488)', { wireFamily: 'ipv6' }).body.type).toBe('udp')
  })
  it.each([
    ['5 > 6 udp (1)', 'udp'],
    ['udp', ''],
    ['udp ()', ')'],
    ['udp 5 (1)', '('],
    ['udp (0x5)', '0x5'],
    ['udp (5) win 3', 'win'],
  ])('refuses %s at %j', (text, token) => {
    expect(upstream(`0 > ${text}\n`)).toBe(`parse error at '${token}': syntax error`)
  })
})
