// The same behaviours over IPv6, and with IPv6 sockets over IPv4 (RFC 8200; RFC 4291 2.5.5.2; RFC 6437 for flow labels).
import { accepted, connected, contract } from '../support/contract.js'

const ipv6 = [['ip_version', 'ipv6']] as const
const mapped = [['ip_version', 'ipv4-mapped-ipv6']] as const

const exchange = `
+.01 < P. 1:101(100) ack 1 win 32792
+0~+.5 > . 1:1(0) ack 101
+0 read(4, ..., 1000) = 100
+0 write(4, ..., 200) = 200
+0 > P. 1:201(200) ack 101
`

contract({
  IPv6: [
    {
      name: 'a passive open, and data both ways',
      options: ipv6,
      script: `${accepted}${exchange}`,
      twins: [
        {
          with: 'an option too many',
          from: '> P. 1:201(200) ack 101',
          to: '> P. 1:201(200) ack 101 <nop,nop,nop,nop>',
          at: '<nop',
          says: 'ipv6_payload_len: expected: 224 (0xe0) vs actual: 220 (0xdc)',
        },
        {
          with: 'an IPv4 socket',
          from: 'socket(..., SOCK_STREAM',
          to: 'socket(AF_INET, SOCK_STREAM',
          at: 'bind(3',
          says: 'Expected result 0 but got -1 with errno 97 (Address family not supported by protocol)',
        },
      ],
    },
    { name: 'an active open', options: ipv6, script: `${connected}\n` },
    {
      name: 'a SYN to a port that nobody listens on is reset',
      options: ipv6,
      script: `
0 < S 0:0(0) win 32792
+0 > R. 0:0(0) ack 1
`,
    },
    {
      name: 'the MSS of a connection is 20 octets less than over IPv4',
      options: ipv6,
      script: `${connected.replace('<mss 1460>', '<mss 9000>')}
+0 getsockopt(3, SOL_TCP, TCP_MAXSEG, [1440], [4]) = 0
`,
    },
    {
      name: 'so is the MSS that a SYN tells',
      needs: 'SACK and time stamps',
      options: [...ipv6, ['mtu', '1520']],
      script: `
0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <mss 1460,sackOK,TS val 0 ecr 0,nop,wscale 10>
`,
      twins: [
        {
          with: 'that of IPv4',
          from: 'mss 1460',
          to: 'mss 1480',
          at: 'mss 1480',
          says: 'expected: mss 1480 actual: mss 1460',
        },
      ],
    },
    {
      name: 'a connection keeps its flow label',
      needs: 'flow labels',
      options: ipv6,
      script: `
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1000>
+0 > [flowlabel 0x1] S. 0:0(0) ack 1 <...>
+.01 < . 1:1(0) ack 1 win 32792
+0 accept(3, ..., ...) = 4
+0 write(4, ..., 100) = 100
+0 > [flowlabel 0x1] P. 1:101(100) ack 1
`,
      twins: [
        {
          with: 'another one expected',
          from: '[flowlabel 0x1] P.',
          to: '[flowlabel 0x2] P.',
          at: '0x2',
          says: 'expected a different flowlabel but got the same',
        },
      ],
    },
    {
      name: 'hop limit (IPV6_UNICAST_HOPS, 16) and traffic class are told',
      options: ipv6,
      script: `
0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3
+0 setsockopt(3, SOL_IPV6, 16, [7], 4) = 0
+0 connect(3, ..., ...) = 0
+0 write(3, ..., 10) = 10
+0 > [ttl 7] udp (10)
+0 setsockopt(3, SOL_IPV6, IPV6_TCLASS, [0x28], 4) = 0
+0 write(3, ..., 10) = 10
+0 > [tos 0x28] udp (10)
`,
      twins: [
        {
          with: 'another hop limit',
          from: '[ttl 7]',
          to: '[ttl 8]',
          at: 'ttl 8',
          says: 'ttl: expected: 8 (0x8) vs actual: 7 (0x7)',
        },
        {
          with: 'another traffic class',
          from: 'tos 0x28',
          to: 'tos 0x2c',
          at: 'tos 0x2c',
          says: 'tos: expected: 44 (0x2c) vs actual: 40 (0x28)',
        },
      ],
    },
    {
      name: 'ICMPv6 ends a connect()',
      needs: 'ICMP errors',
      options: ipv6,
      script: `
0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+.01 < icmp unreachable address_unreachable [0:0(0)]
+0 connect(3, ..., ...) = -1 EHOSTUNREACH (No route to host)
`,
    },
    {
      name: 'a ping socket sends an echo request',
      needs: 'ping sockets',
      options: ipv6,
      script: `
\`sysctl -qw net.ipv4.ping_group_range="0 2147483647"\`
0 socket(..., SOCK_DGRAM, IPPROTO_ICMPV6) = 3
+0 sendto(3, ..., 100, 0, ..., ...) = 100
+0 > icmp echo_request [raw (100)]
`,
      twins: [
        {
          with: 'a reply expected',
          from: '> icmp echo_request',
          to: '> icmp echo_reply',
          at: '> icmp',
          says: 'icmp_type: expected: 129 (0x81) vs actual: 128 (0x80)',
        },
      ],
    },
  ],

  'IPv4-mapped addresses': [
    {
      name: 'a passive open, and data both ways, over IPv4',
      options: mapped,
      script: `${accepted}${exchange}`,
      twins: [
        {
          with: 'an option too many',
          from: '> P. 1:201(200) ack 101',
          to: '> P. 1:201(200) ack 101 <nop,nop,nop,nop>',
          at: '<nop',
          says: 'ipv4_total_length: expected: 244 (0xf4) vs actual: 240 (0xf0)',
        },
      ],
    },
    { name: 'an active open', options: mapped, script: `${connected}\n` },
    {
      name: 'UDP, with the errors of ICMPv4',
      needs: 'ICMP errors',
      options: mapped,
      script: `
0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3
+0 connect(3, ..., ...) = 0
+0 write(3, ..., 10) = 10
+0 > udp (10)
+.01 < icmp unreachable port_unreachable [udp (10)]
+0 write(3, ..., 10) = -1 ECONNREFUSED (Connection refused)
`,
    },
  ],

  '--is_anyip': [
    {
      name: 'a datagram comes before the stack has sent one, to an address of the range',
      needs: 'ICMP errors',
      options: [
        ['is_anyip', null],
        ['local_ip', '192.168.7.7'],
      ],
      script: `
\`ip route add local 192.168.0.0/16 dev lo\`
0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3
+0 bind(3, ..., ...) = 0
+0 < udp (50)
+0 read(3, ..., 1000) = 50
+0 < icmp unreachable
`,
    },
  ],
})
