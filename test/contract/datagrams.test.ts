// Datagrams: UDP sockets, ping sockets, and what ICMP tells about either (RFC 768, RFC 792, RFC 1122 4.1.3.3).
import { contract } from '../support/contract.js'

const bound = `
0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3
+0 bind(3, ..., ...) = 0
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0`
const connected = `${bound}
+0 connect(3, ..., ...) = 0`
/** The stack's own end of an unbound socket is learnt from its first datagram. */
const exchanged = `${connected}
+0 write(3, ..., 100) = 100
+0 > udp (100)`

const ping = `
\`sysctl -qw net.ipv4.ping_group_range="0 2147483647"\`
0 socket(..., SOCK_DGRAM, IPPROTO_ICMP) = 3`

contract({
  UDP: [
    {
      name: 'what is written is sent, and what comes is read',
      script: `${exchanged}
+.01 < udp (50)
+0 read(3, ..., 1000) = 50
`,
      wall: true,
      twins: [
        {
          with: 'another length expected',
          from: '> udp (100)',
          to: '> udp (99)',
          at: '> udp (99)',
          says: 'live packet payload: expected 99 bytes vs actual 100 bytes',
        },
        {
          with: 'another length sent',
          from: '< udp (50)',
          to: '< udp (51)',
          at: 'read(3',
          says: 'Expected result 50 but got 51',
        },
        {
          with: 'a segment expected',
          from: '> udp (100)',
          to: '> P. 1:101(100) ack 1',
          at: '> P.',
          says: 'no matching socket',
        },
      ],
    },
    {
      name: 'sendto() needs no connect()',
      script: `${bound}
+0 sendto(3, ..., 100, 0, ..., ...) = 100
+0 > udp (100)
+.01 < udp (50)
+0 recvfrom(3, ..., 1000, 0, ..., ...) = 50
`,
    },
    {
      name: 'an empty datagram is one',
      script: `${exchanged}
+.01 < udp (0)
+0 < udp (7)
+0 read(3, ..., 1000) = 0
+0 read(3, ..., 1000) = 7
+0 read(3, ..., 1000) = -1 EAGAIN (Resource temporarily unavailable)
`,
    },
    {
      name: 'datagrams keep their borders, and what does not fit into the buffer is lost',
      script: `${exchanged}
+.01 < udp (500)
+0 < udp (300)
+0 read(3, ..., 200) = 200
+0 read(3, ..., 1000) = 300
`,
      twins: [
        {
          with: 'the rest expected',
          from: '1000) = 300',
          to: '200) = 300',
          at: '= 300',
          says: 'Expected result 300 but got 200',
        },
      ],
    },
    {
      name: 'a line is one datagram',
      script: `${exchanged}
+0 write(3, ..., 100) = 100
+0 write(3, ..., 100) = 100
+0 > udp (200)
`,
      fails: { at: 'udp (200)', says: 'udp_len: expected: 208 (0xd0) vs actual: 108 (0x6c)' },
    },
    {
      name: 'of another port is another one’s',
      script: `${exchanged}
+.01 < udp 8080 > 8081 (50)
+0 < udp 8081 > 8080 (50)
+.1 read(3, ..., 1000) = -1 EAGAIN (Resource temporarily unavailable)
`,
      twins: [
        {
          with: 'the right ports',
          from: '8081 > 8080',
          to: '8080 > 8080',
          at: 'read(3',
          says: 'Expected result -1 but got 50',
        },
      ],
    },
    {
      name: 'nobody has spoken yet: an inbound datagram goes nowhere',
      script: `${connected}
+0 < udp (50)
+.1 read(3, ..., 1000) = -1 EAGAIN (Resource temporarily unavailable)
`,
    },
    {
      name: 'a port that nobody listens on is told, to the next call',
      needs: 'ICMP errors',
      script: `${exchanged}
+.01 < icmp unreachable port_unreachable [udp (100)]
+0 read(3, ..., 1000) = -1 ECONNREFUSED (Connection refused)
+0 read(3, ..., 1000) = -1 EAGAIN (Resource temporarily unavailable)
`,
      twins: [
        {
          with: 'an error about a segment',
          from: '[udp (100)]',
          to: '[1:101(100)]',
          at: 'ECONNREFUSED',
          says: 'Expected errno 111 (Connection refused) but got 11',
        },
      ],
    },
  ],

  'ping sockets': [
    {
      name: 'send echo requests, as long as they are told',
      needs: 'ping sockets',
      script: `${ping}
+0 sendto(3, ..., 100, 0, ..., ...) = 100
+0 > icmp echo_request [raw (100)]
`,
      twins: [
        {
          with: 'a reply expected',
          from: '> icmp echo_request',
          to: '> icmp echo_reply',
          at: '> icmp',
          says: 'icmp_type: expected: 0 (0x0) vs actual: 8 (0x8)',
        },
        {
          with: 'a code expected',
          from: 'echo_request [',
          to: 'echo_request code_1 [',
          at: '> icmp',
          says: 'icmp_code: expected: 1 (0x1) vs actual: 0 (0x0)',
        },
      ],
    },
    {
      name: 'read the replies to the identity that they are bound to',
      needs: 'ping sockets',
      script: `${ping}
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 bind(3, ..., ...) = 0
+0 sendto(3, ..., 60, 0, ..., ...) = 60
+0 > icmp echo_request [raw (60)]
+.01 < icmp echo_reply id 8080 [raw (60)]
+0 read(3, ..., 1000) = 60
`,
      twins: [
        {
          with: 'another identity',
          from: 'id 8080',
          to: 'id 8081',
          at: 'read(3',
          says: 'Expected result 60 but got -1 with errno 11',
        },
      ],
    },
  ],

  'TCP and ICMP': [
    {
      name: 'an unreachable host ends a connect()',
      needs: 'ICMP errors',
      script: `
0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+.01 < icmp unreachable host_unreachable [0:0(0)]
+0 connect(3, ..., ...) = -1 EHOSTUNREACH (No route to host)
`,
      twins: [
        {
          with: 'an error about another segment',
          from: '[0:0(0)]',
          to: '[1000:1000(0)]',
          at: 'EHOSTUNREACH',
          says: 'Expected errno 113 (No route to host) but got 114',
        },
      ],
    },
  ],
})
