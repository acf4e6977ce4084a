// Whole scripts, each with a newline at its end, and whether upstream's `--dry_run --ip_version=ipv4` takes them: the
// decision, the line and the words must be the same. What we take and upstream refuses stands at the end.
import { describe, expect, it } from 'vitest'
import { parseScript, upstreamText } from '../../src/index.js'

const ACCEPTED = [
  '0 a() = 0',
  '0 a() = 0 1 b() = 0',
  '0 a() = -1 EAGAIN (x y)',
  '0 a() = -1 EAGAIN (x y) (z)',
  '0 a() = -1 (x)',
  '0 a() = 0 (flags O_RDWR)',
  '0 a(0X1F) = 0',
  '0 a(A=3|4) = 0',
  '0 a("a" "b") = 0',
  '0 a("a"...) = 0',
  '0 a({}) = 0',
  '0 a([]) = 0',
  '0 a({..., 5}) = 0',
  '0 a({...}) = 0',
  '0 a({fd=3, events=POLLIN}) = 0',
  '0 a({fd=3, events=POLLIN, revents=0}) = 0',
  '0 a({events=EPOLLIN, fd=3}) = 0',
  '0...1 a() = 0',
  '+0...1 a() = 0',
  '0~1 > . 1:1(0) ack 1',
  '+0~+1 > . 1:1(0) ack 1',
  '* > . 1:1(0) ack 1',
  '.5 a() = 0',
  '0 `true`',
  '0 %{ x={} }%',
  '0 a() = 0 /* x */',
  '0 > S 0:0(0)',
  '0 > S 0:0(0) <...>',
  '0 > S 0:0(0) <mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7>',
  '0 > .5 0:0(0)',
  '0 > - 0:0(0)',
  '0 > 1 > 2 S 0:0(0)',
  '0 > [ect0] S 0:0(0)',
  '0 > [tos 0x5, flowlabel 0x1] S 0:0(0)',
  '0 > . 1:1(0) <sack 1:2 3:4,nop,nop>',
  '0 > . 1:1(0) <FO fe,nop>',
  '0 > . 1:1(0) <md5 00,nop>',
  '0 > . 1:1(0) <ECN e0b 1 ceb 2 e1b 3,nop>',
  '0 > udp (1000)',
  '0 > udp 1 > 2 (1000)',
  '0 < icmp unreachable port_unreachable [udp (8)]',
  '0 < icmp unreachable frag_needed mtu 1200 [1:1461(1460)]',
  '0 < icmp type_3 code_3',
  '0 < icmp echo_request id 5 [raw (64)]',
  '0 > ipv4 1.1.1.1 > 2.2.2.2: gre: . 1:1(0)',
  '0 > mpls (label 5, tc 1, [S], ttl 64): . 1:1(0)',
]

const REFUSED: readonly (readonly [script: string, message: string])[] = [
  ['0 a() = 0 b() = 0', "1: parse error at ')': syntax error"],
  ['0 a() = -1 EAGAIN', "2: parse error at '': syntax error"],
  ['0 a() = -1 (x 5)', "1: parse error at '5': syntax error"],
  ['0 a() = 0 (O_RDWR flags)', "1: parse error at 'flags': syntax error"],
  ['0 a()', "2: parse error at '': syntax error"],
  ['0 a(1,) = 0', "1: parse error at ')': syntax error"],
  ['0 a(1.5) = 0', "1: parse error at '1.5': syntax error"],
  ['0 a(-0x1) = 0', "1: parse error at 'x1': syntax error"],
  ['0 a((1)) = 0', "1: parse error at '(': syntax error"],
  ['0 a(htons(1)) = 0', "1: parse error at 'htons': syntax error"],
  ['0 a(5=6) = 0', "1: parse error at '=': syntax error"],
  ['0 a("a" "b"...) = 0', "1: parse error at '...': syntax error"],
  ['0 a({..., X}) = 0', "1: parse error at 'X': syntax error"],
  ['0 a({..., 0x5}) = 0', "1: parse error at '0x5': syntax error"],
  ['0 a({events=EPOLLIN, data=3}) = 0', "1: parse error at 'data': syntax error"],
  ['0 a({onoff=1, linger=X}) = 0', "1: parse error at 'X': syntax error"],
  [
    '0 a({sa_family = AF_INET, sin_port = htons(80), sin_addr = inet_addr("1.2.3")}) = 0',
    '1: semantic error: invalid IPv4 address',
  ],
  ['0...+1 a() = 0', "1: parse error at '+': syntax error"],
  ['0...1 > . 1:1(0) ack 1', "1: parse error at '>': syntax error"],
  ['0~1 a() = 0', '1: semantic error: event time range can only be used with outbound packets'],
  ['1~0 > . 1:1(0) ack 1', '1: semantic error: time range is backwards'],
  ['+0~1 > . 1:1(0) ack 1', "1: parse error at '1': syntax error"],
  ['* < . 1:1(0) ack 1 win 5', '1: semantic error: event time <star> can only be used with outbound packets'],
  ['* a() = 0', '1: semantic error: event time <star> can only be used with outbound packets'],
  ['1e3 a() = 0', "1: parse error at '1e3': syntax error"],
  ['1. a() = 0', "1: parse error at '.': syntax error"],
  ['0x1 a() = 0', "1: parse error at '0x1': syntax error"],
  ['`true`', "2: parse error at '': syntax error"],
  ['0 < S 0:0(0)', '1: semantic error: window must be specified for inbound packets'],
  ['0 < S 0:0(0) win 5 <...>', '1: semantic error: <...> for TCP options can only be used with outbound packets'],
  ['0 > S 0:0(0) <>', "1: parse error at '>': syntax error"],
  [
    '0 > S 0:0(0) <nop>',
    '1: semantic error: TCP options are not padded correctly to ensure TCP header is a multiple of 4 bytes: 1 excess bytes',
  ],
  ['0 > S 0:1(0)', '1: semantic error: inconsistent TCP sequence numbers and payload size'],
  ['0 > S 0:1(1) urg 1 win 1', "1: parse error at 'win': syntax error"],
  ['0 > . 4294967295:4294967296(1)', '1: semantic error: TCP end sequence number out of range'],
  ['0 > Sx 0:0(0)', "1: semantic error: Invalid TCP flag: 'x'"],
  ['0 > P.F 0:0(0)', "1: parse error at 'F': syntax error"],
  ['0 > 5 0:0(0)', "1: parse error at '0': syntax error"],
  ['0 > SE5 0:0(0)', "1: semantic error: Conflicting TCP flag: '5'"],
  ['0 > S.10 0:0(0)', "1: semantic error: Conflicting TCP flag: '0'"],
  ['0 > 1 > 70000 S 0:0(0)', '1: semantic error: dst port out of range'],
  ['0 > (ect0] S 0:0(0)', "1: parse error at ']': syntax error"],
  ['0 > [tos 5] S 0:0(0)', "1: parse error at '5': syntax error"],
  ['0 > [ect0, ttl 5] S 0:0(0)', "1: parse error at 'ttl': syntax error"],
  ['0 < [ect01] S 0:0(0) win 5', '1: semantic error: [ect01] can only be used with outbound packets'],
  ['0 > . 1:1(0) <sack 1:2,3:4>', "1: parse error at '3': syntax error"],
  ['0 > . 1:1(0) <FO fd,nop>', "1: parse error at 'fd': syntax error"],
  [
    '0 > . 1:1(0) <FO fe>',
    '1: semantic error: TCP options are not padded correctly to ensure TCP header is a multiple of 4 bytes: 3 excess bytes',
  ],
  ['0 > . 1:1(0) <FO abc,nop>', '1: semantic error: TCP fast open cookie has an odd number of digits'],
  ['0 > . 1:1(0) <ECN e0b 1 e1b 3,nop>', "1: parse error at 'e1b': syntax error"],
  ['0 > 1 > 2 udp (1000)', "1: parse error at 'udp': syntax error"],
  ['0 > [ect0] udp (1000)', '1: semantic error: ECN can only be used with TCP packets'],
  ['0 < icmp echo_request mtu 5', '1: semantic error: ICMPv4 MTU is only valid for unreachable-frag_needed'],
  ['0 < icmp type_3 port_unreachable', '1: semantic error: bad ICMP code port_unreachable'],
  ['0 < icmp type_300', '1: semantic error: bad ICMP type type_300'],
  ['0 < icmp echo_request id 5 [raw (4)]', '1: semantic error: icmp_bytes 4 smaller than icmp header length 8'],
  ['0 > ipv4 1.1.1.1 > 2.2.2.999: . 1:1(0)', "1: semantic error: bad IPv4 dst address: '2.2.2.999'\n"],
  ['0 > mpls (label 5, tc 9, [S], ttl 64): . 1:1(0)', '1: semantic error: MPLS traffic_class out of range for 3 bits'],
  ['0 > mpls (label 5, tc 1, [X], ttl 64): . 1:1(0)', '1: semantic error: expected [S] for MPLS label stack bottom'],
]

/** Upstream refuses these for the way its patterns are written, not for what they say. */
const TAKEN_BY_US_ALONE = [
  '0 %{ x={}}%',
  '0 a() = 0 /* x **/',
  '0 a() = 0 /***/',
  '0 a("x\\\\", "y") = 0',
  '0 a() = 0\r',
]

describe('scripts that upstream takes', () => {
  it.each(ACCEPTED)('%s', (script) => {
    expect(parseScript(`${script}\n`).diagnostics).toEqual([])
  })
})

describe('scripts that upstream refuses', () => {
  it.each(REFUSED)('%s: %s', (script, message) => {
    const { diagnostics } = parseScript(`${script}\n`)
    expect(diagnostics.map((diagnostic) => upstreamText('x.pkt', diagnostic))).toEqual([`x.pkt:${message}`])
  })
})

describe('scripts that we take and upstream does not', () => {
  it.each(TAKEN_BY_US_ALONE)('%s', (script) => {
    expect(parseScript(`${script}\n`).diagnostics).toEqual([])
  })
  it('0 a() = 0 // without a newline behind the comment', () => {
    expect(parseScript('0 a() = 0 // x').diagnostics).toEqual([])
  })
})
