import { describe, expect, it } from 'vitest'
import { event, refusal } from '../support/parse.js'

describe('an SCTP packet', () => {
  it('is a node of its own, with the names of its chunks', () => {
    const text = '+0 > sctp(tag=7): INIT[flgs=0, tag=1, opts=[{1,0}, ...], ...], I-DATA[len=16];PAD[len=2, val=...]'
    const { action, foreign } = event(text)
    expect(action).toMatchObject({
      type: 'foreign-packet',
      direction: 'outbound',
      protocol: 'SCTP',
      parts: [{ name: 'INIT' }, { name: 'I-DATA' }, { name: 'PAD' }],
      span: { start: 3, end: text.length },
    })
    expect(foreign).toEqual([{ needs: 'SCTP', what: 'SCTP packets', span: { start: 3, end: text.length } }])
  })
  it('may be octets, and stand behind an ip-info and an outer header', () => {
    expect(event('* > [ect0] sctp: [0x01, 0x02]').action).toMatchObject({ protocol: 'SCTP', parts: [] })
    expect(event('0 < ipv4 1.1.1.1 > 2.2.2.2: sctp: COOKIE_ACK[flgs=0]').foreign?.[0]?.needs).toBe('SCTP')
  })
  it.each([
    ['0 > sctp: foo', '1:14', "expected '[' and the fields of the chunk, found the end of the script"],
    ['0 > sctp: 5', '1:11', 'expected an SCTP chunk such as INIT[…] or DATA[…], found the number 5'],
    ['0 > sctp: INIT[tag=1', '1:21', 'expected the bracket that closes this, found the end of the script'],
    ['0 > sctp: INIT[tag=(1]', '1:22', "expected the bracket that closes this, found ']'"],
    ['0 > sctp(1) DATA[]', '1:13', "expected ':' and the chunks of the packet, found 'DATA'"],
  ])('%s is refused', (text, place, message) => {
    const found = refusal(text)
    expect([`${found.line}:${found.column}`, found.message]).toEqual([place, message])
  })
})

describe('a UDP-Lite packet', () => {
  it.each(['0 > udplite(1000, 8)', '0 < udplite 5 > 6 (1000, 0)'])('%s', (text) => {
    expect(event(text)).toMatchObject({
      action: { type: 'foreign-packet', protocol: 'UDP-Lite', parts: [] },
      foreign: [{ needs: 'UDP-Lite', what: 'UDP-Lite packets' }],
    })
  })
  it('needs its coverage', () => {
    expect(refusal('0 > udplite(1000)').message).toBe(
      "expected the length and the checksum coverage, (LENGTH, COVERAGE), found ')'",
    )
  })
})

describe('what upstream refuses stays refused in its words', () => {
  it.each([
    ['0 > sctp 0:0(0)', "semantic error: Invalid TCP flag: 's'"],
    ['0 > sctp', "parse error at '': syntax error"],
    ['0 > udplite 0:0(0)', "semantic error: Invalid TCP flag: 'u'"],
    ['0 > addr 0:0(0)', "semantic error: Invalid TCP flag: 'a'"],
    ['0 > . 1:1(0) / 5', "parse error at '/': syntax error"],
    ['0 > . 1:1(0)/udp', "parse error at '/': syntax error"],
    ['0 > . ...', "parse error at '...': syntax error"],
    ['0 > . 1:1(0) <foo>', "parse error at 'foo': syntax error"],
    ['0 > . 1:1(0) <md5 xyz>', 'semantic error: TCP MD5 digest is not a valid hex string'],
    ['0 > [foo 5] . 1:1(0)', "parse error at 'foo': syntax error"],
    ['0 > [1:1(0)] . 1:1(0)', "parse error at '1': syntax error"],
    ['0 < icmp unreachable [sctp]', "parse error at 'sctp': syntax error"],
    ['0 < icmp router_advertisement', 'semantic error: bad ICMP type router_advertisement'],
    ['0 < icmp time_exceeded port_unreachable', 'semantic error: bad ICMP code port_unreachable'],
    ['0 a(ntohl(5)) = 0', "parse error at '(': syntax error"],
    ['0 a({onoff=1, linger=X}) = 0', "parse error at 'X': syntax error"],
    ['0 a({msg_name(3)=..., msg_iov(1)=[], msg_flags=0}) = 0', "parse error at '3': syntax error"],
    [
      '0 a({msg_name(...)=..., msg_iov(1)=[], msg_control=[], msg_flags=0}) = 0',
      "parse error at 'msg_control': syntax error",
    ],
    ['0 a() = 0\n# why', "parse error at '#': syntax error"],
    ['0 a() = 0\n#endif', "parse error at '#': syntax error"],
    ['#include <x>\n0 a() = 0', "parse error at '#': syntax error"],
  ])('%s', (text, message) => {
    expect(refusal(text).upstreamMessage).toBe(message)
  })
})
