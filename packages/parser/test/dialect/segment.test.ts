import { describe, expect, it } from 'vitest'
import { parseScript } from '../../src/index.js'
import { event, packet, refusal } from '../support/parse.js'

const needs = (text: string) => event(text, { wireFamily: 'ipv6' }).foreign?.map(({ needs: of, what }) => [of, what])

describe('a segment of another dialect', () => {
  it.each([
    ['0 > . 1:1(0) ack 1/udp(9811 > 1)', 'FreeBSD', 'TCP in UDP'],
    ['0 > S 0:0(0) <mss 1460> / udp (1 > 2)', 'FreeBSD', 'TCP in UDP'],
    ['0 > R. 0:0(0)! ack 1', 'nplab packetdrill', "a sequence range with '!'"],
    ['0 > S. ...(10) ack 1', 'nplab packetdrill', 'a segment with any sequence number'],
    ['0 < addr[c0] > addr[s0] S 0:0(0) win 5', 'MPTCP', 'packets between named addresses'],
    ['0 > > addr[s0] S 0:0(0)', 'MPTCP', 'packets between named addresses'],
    ['0 > addr[s0] > 5 > 6 S 0:0(0)', 'MPTCP', 'packets between named addresses'],
    ['0 > S 0:0(0) <mss 1460, mpcapable v1 flags[flag_h] nokey>', 'MPTCP', 'the TCP option mpcapable'],
    ['0 > . 1:1(0) <dss dack8=1001 dsn8=1 ssn=1 dll=10 nocs fin>', 'MPTCP', 'the TCP option dss'],
    ['0 > S 0:0(0) <mp_join_syn backup=1 address_id=1 token=sha256_32(skey)>', 'MPTCP', 'the TCP option mp_join_syn'],
    ['0 > . 1:1(0) <nop,md5 valid>', 'nplab packetdrill', 'MD5 digests that are computed'],
    ['0 < icmp unreachable port_unreachable [udplite(5, 0)]', 'UDP-Lite', 'echoed UDP-Lite packets'],
    ['0 < [sctp(2)] icmp unreachable no_route', 'SCTP', 'echoed SCTP packets'],
    ['0 < icmp unreachable [0:0(0)/udp(1 > 2)]', 'FreeBSD', 'TCP in UDP'],
    ['0 < icmp router_advertisement mtu 1492', 'nplab packetdrill', 'router advertisements'],
  ])('%s', (text, of, what) => {
    expect(needs(text)).toEqual([[of, what]])
  })

  it('keeps what is known of it', () => {
    const { body } = packet('< addr[c0] > addr[s0] S. 5:15(10) ack 1 win 9 <mss 1460, mpcapable v1>/udp(1 > 2)')
    expect(body).toMatchObject({
      seq: 5,
      payloadLength: 10,
      ack: 1,
      window: 9,
      options: [{ kind: 'mss', value: 1460 }],
    })
  })
  it('does not leave its parts to the next event, nor to one behind an error', () => {
    const first = event('0 > . 1:1(0)!')
    expect(first.foreign).toHaveLength(1)
    expect(event('0 > . 1:1(0)').foreign).toBeUndefined()
    const { diagnostics } = parseScript('0 > . 1:1(0)! ack x\n0 > . 1:1(0) <nop>')
    expect(diagnostics.map(({ line, message }) => [line, message.slice(0, 10)])).toEqual([
      [1, 'expected a'],
      [2, 'the length'],
    ])
  })
  it.each([
    ['0 > . 1:1(0)/udp(x)', "expected the ports of the encapsulation, '/udp(SOURCE > DESTINATION)', found 'x'"],
    ['0 > addr[a] addr[b] . 1:1(0)', "expected an address, addr[NAME], found 'addr'"],
  ])('%s is refused', (text, message) => {
    expect(refusal(text).message).toBe(message)
  })
})

describe('what means the same under another name', () => {
  it.each([
    ['> (hlim 4) S 0:0(0)', '> (ttl 4) S 0:0(0)'],
    ['> (class 0x20) S 0:0(0)', '> (tos 0x20) S 0:0(0)'],
  ])('%s', (text, known) => {
    expect(packet(text).ip).toMatchObject({ ...packet(known).ip, span: expect.anything() })
    expect(event(`0 ${text}`).foreign).toBeUndefined()
  })
  it('of ICMP codes', () => {
    expect(packet('< icmp time_exceeded ttl_exceeded_in_transit').body).toMatchObject({ icmpType: 11, icmpCode: 0 })
    expect(packet('< icmp time_exceeded frag_reass_exceeded').body).toMatchObject({ icmpType: 11, icmpCode: 1 })
  })
  it('of the echo that stands before the word icmp', () => {
    const { body } = packet('< [1:1461(1460)] icmp unreachable frag_needed mtu 1200')
    expect(body).toMatchObject({ mtu: 1200, echoed: { kind: 'tcp', seq: 1, payloadLength: 1460 } })
    expect(refusal('0 < [1:5(4)] icmp unreachable [1:5(4)]').message).toMatch(/^expected .*, found '\['$/)
  })
})
