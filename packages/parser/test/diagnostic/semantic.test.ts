// Every cause of a semantic error: a script that has it, the place in columns (the end not included), the sentence and the
// hint. Upstream's words for them are checked beside each production, in test/grammar.
import { expect, it } from 'vitest'
import * as semantic from '../../src/diagnostic/semantic.js'
import { placeOf, refusal } from '../support/parse.js'

type Row = readonly [cause: string, script: string, place: string, message: string, hint: string | null]

const ROWS: readonly Row[] = [
  ['badFault', '0 linkdown(tim=5)', '1:12-15', "linkdown has no parameter 'tim'", 'did you mean time?'],
  ['outOfRange', '0 > 70000 > 5 . 1:1(0)', '1:5-10', 'src port 70000 is out of range: 0 to 65535', null],
  ['outOfRangeForBits', '0 > [tos 0x100] . 1:1(0)', '1:10-15', 'tos 0x100 does not fit into 8 bits (0 to 0xff)', null],
  ['negativeTime', '-1 a() = 0', '1:1-3', 'an event cannot be at a negative time (-1)', null],
  ['backwardRange', '1~0 > . 1:1(0)', '1:1-4', 'this time range ends before it starts', null],
  [
    'anyTimeNotOutbound',
    '* a() = 0',
    '1:1-2',
    "'*' as a time can only be used with outbound packets (>)",
    'Everything else is done by the test itself and needs its time.',
  ],
  [
    'rangeNotOutbound',
    '0~1 a() = 0',
    '1:1-4',
    'a time range (A~B) can only be used with outbound packets (>)',
    'A call that blocks until a later time is written 0...0.1 call().',
  ],
  [
    'badSockaddr',
    '0 a({sa_family = AF_INET, sin_port = htons(8), sin_addr = inet_addr("1.2.3")}) = 0',
    '1:69-76',
    "'1.2.3' is no IPv4 address",
    null,
  ],
  ['badIn6Addr', '0 a(inet6_addr("1.2.3.4")) = 0', '1:16-25', "'1.2.3.4' is no IPv6 address", null],
  ['badInetAddr', '0 a(inet_addr("garbage")) = 0', '1:15-24', "'garbage' is no IPv4 address", null],
  [
    'badOuterAddress',
    '0 > ipv4 1.1.1.1 > 2.2.2.999: . 1:1(0)',
    '1:20-29',
    "'2.2.2.999' is no IPv4 address, but is used as the destination",
    null,
  ],
  [
    'unknownFamily',
    '0 a({sa_family = AF_UNIX, sin_port = htons(8), sin_addr = inet_addr("1.2.3.4")}) = 0',
    '1:18-25',
    "'AF_UNIX' is no address family that can be written here",
    'sa_family is AF_INET or AF_INET6, or a define with one of these words.',
  ],
  [
    'ect01Inbound',
    '0 < [ect01] . 1:1(0) win 5',
    '1:5-12',
    '[ect01] can only be used with outbound packets (>)',
    'It stands for "ECT(0) or ECT(1)"; an injected packet needs one of them: [ect0] or [ect1].',
  ],
  [
    'ecnOnUdp',
    '0 > [ect0] udp (5)',
    '1:5-11',
    'the ECN words cannot be used with UDP packets',
    'The whole octet can: [tos 0x2].',
  ],
  [
    'tooManyHeaders',
    '0 > gre: gre: gre: gre: gre: . 1:1(0)',
    '1:25-29',
    'too many outer headers: at most 4 before this packet',
    null,
  ],
  [
    'badGreFlags',
    '0 > gre flags 1, sum 0, off 0, key 0, seq 0: . 1:1(0)',
    '1:5-45',
    'GRE flags 0x1 have a version or the routing bit set',
    'Possible are 0x8000 (checksum), 0x2000 (key) and 0x1000 (sequence), and their sums.',
  ],
  [
    'mplsBottomExpected',
    '0 > mpls (label 5, tc 1, [X], ttl 64): . 1:1(0)',
    '1:27-28',
    'expected [S], the bottom of the label stack, found [X]',
    null,
  ],
  [
    'tooManyLabels',
    '0 > mpls (label 5, tc 1, ttl 64)(label 5, tc 1, ttl 64)(label 5, tc 1, ttl 64)(label 5, tc 1, ttl 64)(label 5, tc 1, ttl 64)(label 5, tc 1, ttl 64)(label 5, tc 1, ttl 64): . 1:1(0)',
    '1:148-171',
    'too many MPLS labels: at most 6',
    null,
  ],
  [
    'pspWithoutPort',
    '0 > encap psp spi 5 . 1:1(0)',
    '1:5-20',
    'PSP needs to know its UDP port',
    'Give it with --psp_udp_port=1000.',
  ],
  ['badFlag', '0 > SYN 0:0(0)', '1:5-8', "'Y' is no TCP flag", 'Write S for SYN.'],
  [
    'conflictingFlag',
    '0 > SE5 0:0(0)',
    '1:5-8',
    "'5' conflicts with a flag before it",
    'A digit is the whole ACE field: it excludes E, W, A and another digit.',
  ],
  [
    'inconsistentSequence',
    '0 > . 1:3(1)',
    '1:7-13',
    '1:3(1) is inconsistent: 1 + 1 is 2, not 3',
    'SYN and FIN are not counted here.',
  ],
  [
    'windowMissing',
    '0 < S 0:0(0)',
    '1:5-13',
    "an inbound packet needs a window: 'win N' is missing",
    "It stands after 'ack N', before the options.",
  ],
  [
    'anyOptionsInbound',
    '0 < S 0:0(0) win 5 <...>',
    '1:20-25',
    '<...> for TCP options can only be used with outbound packets (>)',
    'An injected packet has the options that are written: list them, or leave the list away.',
  ],
  [
    'badPadding',
    '0 > S 0:0(0) <nop,nop>',
    '1:14-23',
    'the length of these TCP options is 2, which is no multiple of 4 bytes',
    'Add 2 nops where the sender puts them.',
  ],
  [
    'optionsTooLong',
    '0 > . 1:1(0) <sack 1:2 3:4 5:6 7:8 9:10>',
    '1:15-40',
    'the length of these TCP options is 42, at most 40 bytes fit',
    null,
  ],
  [
    'segmentTooLarge',
    '0 > . 1:65536(65535)',
    '1:5-21',
    'this segment makes an IP packet of 65575 bytes, at most 65536 fit',
    null,
  ],
  [
    'digestTooLong',
    '0 > . 1:1(0) <md5 0000000000000000000000000000000000>',
    '1:19-53',
    'this MD5 digest has 34 digits, at most 32 (16 bytes) fit',
    null,
  ],
  ['badDigest', '0 > . 1:1(0) <md5 0g>', '1:19-21', "the MD5 digest '0g' is no even number of hex digits", null],
  ['oddCookie', '0 > . 1:1(0) <FO abc,nop>', '1:18-21', "the Fast Open cookie 'abc' has an odd number of digits", null],
  [
    'cookieTooLong',
    '0 > . 1:1(0) <FO 000000000000000000000000000000000000000000000000000000000000000000000000000000>',
    '1:18-96',
    'this Fast Open cookie has 39 bytes, at most 38 fit',
    null,
  ],
  [
    'badCookie',
    '0 > . 1:1(0) <FO NN>',
    '1:18-20',
    "the Fast Open cookie 'NN' does not consist of hex digits",
    'NN is defined as a number, which has no digits of its own: define it with a letter, or write it out.',
  ],
  [
    'datagramTooLarge',
    '0 > udp (65535)',
    '1:10-15',
    'this datagram makes an IP packet of 65563 bytes, at most 65536 fit',
    null,
  ],
  ['badIcmpType', '0 < icmp unreachabel', '1:10-21', "'unreachabel' is no ICMPv4 type", "Did you mean 'unreachable'?"],
  [
    'badIcmpCode',
    '0 < icmp unreachable port_unreachabel',
    '1:22-38',
    "'port_unreachabel' is no code of ICMP type unreachable",
    "Did you mean 'port_unreachable'?",
  ],
  [
    'badMtu4',
    '0 < icmp echo_request mtu 5',
    '1:27-28',
    "an ICMPv4 message has an MTU only as 'unreachable frag_needed'",
    null,
  ],
  [
    'mtu4OutOfRange',
    '0 < icmp unreachable frag_needed mtu 65536',
    '1:38-43',
    'the MTU 65536 does not fit into 16 bits (0 to 65535)',
    null,
  ],
  [
    'badMtu6',
    '0 < icmp echo_request mtu 5',
    '1:27-28',
    "an ICMPv6 message has an MTU only as 'packet_too_big' with code 0",
    null,
  ],
  [
    'mtu6OutOfRange',
    '0 < icmp packet_too_big mtu 4294967296',
    '1:29-39',
    'the MTU 4294967296 does not fit into 32 bits (0 to 4294967295)',
    null,
  ],
  [
    'badEchoId',
    '0 < icmp echo_request id 65536',
    '1:26-31',
    'the echo identifier 65536 is out of range: 0 to 65535',
    null,
  ],
  [
    'icmpTooShort',
    '0 < icmp echo_request [raw (4)]',
    '1:29-30',
    'raw (4) is shorter than the ICMP header, which it includes (8 bytes)',
    null,
  ],
]

it.each(ROWS)('%s: %s', (cause, text, place, message, hint) => {
  const diagnostic = refusal(text, {
    wireFamily: cause.endsWith('6') || cause.startsWith('mtu6') ? 'ipv6' : 'ipv4',
    defines: new Map([['NN', '1234']]),
  })
  expect(diagnostic.code).toBe('LD_SEMANTIC')
  expect([placeOf(diagnostic), diagnostic.message, diagnostic.hint]).toEqual([place, message, hint])
})

it('are all here', () => {
  expect(ROWS.map(([cause]) => cause).sort()).toEqual(Object.keys(semantic).sort())
})
