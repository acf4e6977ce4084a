import { describe, expect, it } from 'vitest'
import { foreignNeed, formatScript, optionNeed } from '../../src/index.js'
import { script } from '../support/parse.js'

const need = (text: string) => {
  const found = foreignNeed(script(text))
  return found === null ? null : [found.event.line, found.part.needs, found.part.what]
}

describe('what a script needs', () => {
  it.each([
    ['0 socket(..., SOCK_STREAM, IPPROTO_SCTP) = 3', [1, 'SCTP', 'IPPROTO_SCTP']],
    ['0 a() = 0\n+0 sctp_bindx(3, [{x=1}]) = 0', [2, 'SCTP', 'sctp_bindx()']],
    ['0 setsockopt(3, IPPROTO_IP, A|SPP_HB_DISABLE, {x=5}) = 0', [1, 'SCTP', 'SPP_HB_DISABLE']],
    ['0 a({x=[SCTP_EOF]}) = 0', [1, 'SCTP', 'SCTP_EOF']],
    ['0 a({fd=3, events=SCTP_EOF}) = 0', [1, 'SCTP', 'SCTP_EOF']],
    ['0 socket(..., SOCK_DGRAM, IPPROTO_UDPLITE) = 3', [1, 'UDP-Lite', 'IPPROTO_UDPLITE']],
    ['0 socket(..., SOCK_STREAM, IPPROTO_MPTCP) = 3', [1, 'MPTCP', 'IPPROTO_MPTCP']],
    ['0 setsockopt(3, IPPROTO_TCP, TCP_NOOPT, [1], 4) = 0', [1, 'FreeBSD', 'TCP_NOOPT']],
    ['0 `sysctl -w net.inet.tcp.rfc1323=1`', [1, 'FreeBSD', 'its commands']],
    ['0 `true; sockstat -4`', [1, 'FreeBSD', 'its commands']],
    ['0 a() = 0\n\n+0 > sctp: INIT[]', [3, 'SCTP', 'SCTP packets']],
  ])('%s', (text, expected) => {
    expect(need(text)).toEqual(expected)
  })
  it.each([
    '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3',
    '0 `sysctl -q net.ipv4.tcp_sack=1`',
    '0 `sysctl -w net.core.rmem_max=1`',
    '0 > . 1:1(0)',
    '#ifdef FreeBSD\n0 sctp_bindx() = 0\n#endif\n0 a() = 0',
  ])('nothing: %s', (text) => {
    expect(need(text)).toBeNull()
  })
  it('by its options', () => {
    expect([optionNeed('udp_encapsulation'), optionNeed('mtu')]).toEqual(['FreeBSD', null])
  })
})

it('is formatted without a change within', () => {
  const text = '0 > sctp:  INIT[flgs=0,tag=1]\n+0 > .  1:1(0) <dss  dack8=1>\n'
  expect(formatScript(text).text).toBe('    0 > sctp:  INIT[flgs=0,tag=1]\n   +0 > .  1:1(0) <dss  dack8=1>\n')
})
