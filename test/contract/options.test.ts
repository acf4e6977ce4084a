// getsockopt(2), setsockopt(2) and fcntl(2), and what shows of them on the wire.
import { accepted, connected, contract, listening } from '../support/contract.js'

const fresh = `
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3`

contract({
  'socket options': [
    {
      name: 'switches are kept as 0 and 1',
      script: `${fresh}
+0 getsockopt(3, SOL_SOCKET, SO_REUSEADDR, [0], [4]) = 0
+0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [7], 4) = 0
+0 getsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], [4]) = 0
+0 getsockopt(3, SOL_SOCKET, SO_KEEPALIVE, [0], [4]) = 0
+0 setsockopt(3, SOL_SOCKET, SO_KEEPALIVE, [1], 4) = 0
+0 getsockopt(3, SOL_SOCKET, SO_KEEPALIVE, [1], [4]) = 0
+0 setsockopt(3, SOL_SOCKET, SO_KEEPALIVE, [0], 4) = 0
+0 getsockopt(3, SOL_SOCKET, SO_KEEPALIVE, [0], [4]) = 0
+0 getsockopt(3, SOL_TCP, TCP_NODELAY, [0], [4]) = 0
+0 setsockopt(3, SOL_TCP, TCP_NODELAY, [1], 4) = 0
+0 getsockopt(3, SOL_TCP, TCP_NODELAY, [1], [4]) = 0
`,
      wall: true,
      twins: [
        {
          with: 'the number kept as given',
          from: 'SO_REUSEADDR, [1], [4]',
          to: 'SO_REUSEADDR, [7], [4]',
          at: '[7], [4]',
          says: 'Bad getsockopt optval: expected: 7 actual: 1',
        },
        {
          with: 'another option set',
          from: 'TCP_NODELAY, [1], 4',
          to: 'TCP_NODELAY, [0], 4',
          at: 'TCP_NODELAY, [1], [4]',
          says: 'Bad getsockopt optval: expected: 1 actual: 0',
        },
        {
          with: 'another length',
          from: 'TCP_NODELAY, [0], [4]',
          to: 'TCP_NODELAY, [0], [8]',
          at: '[8]',
          says: 'Bad getsockopt optlen: expected: 8 actual: 4',
        },
      ],
    },
    {
      name: "keepalive's numbers are kept, within their limits",
      script: `${fresh}
+0 getsockopt(3, SOL_TCP, TCP_KEEPIDLE, [7200], [4]) = 0
+0 setsockopt(3, SOL_TCP, TCP_KEEPIDLE, [10], 4) = 0
+0 getsockopt(3, SOL_TCP, TCP_KEEPIDLE, [10], [4]) = 0
+0 setsockopt(3, SOL_TCP, TCP_KEEPIDLE, [0], 4) = -1 EINVAL (Invalid argument)
+0 setsockopt(3, SOL_TCP, TCP_KEEPIDLE, [32768], 4) = -1 EINVAL (Invalid argument)
+0 getsockopt(3, SOL_TCP, TCP_KEEPINTVL, [75], [4]) = 0
+0 setsockopt(3, SOL_TCP, TCP_KEEPINTVL, [5], 4) = 0
+0 getsockopt(3, SOL_TCP, TCP_KEEPINTVL, [5], [4]) = 0
+0 getsockopt(3, SOL_TCP, TCP_KEEPCNT, [9], [4]) = 0
+0 setsockopt(3, SOL_TCP, TCP_KEEPCNT, [128], 4) = -1 EINVAL (Invalid argument)
+0 setsockopt(3, SOL_TCP, TCP_KEEPCNT, [3], 4) = 0
+0 getsockopt(3, SOL_TCP, TCP_KEEPCNT, [3], [4]) = 0
`,
      twins: [
        { with: 'a value within', from: '[32768]', to: '[32767]', at: '[32767]', says: 'Expected result -1 but got 0' },
      ],
    },
    {
      name: 'a keepalive probe goes after the idle time',
      script: `${accepted}
+0 setsockopt(4, SOL_SOCKET, SO_KEEPALIVE, [1], 4) = 0
+0 setsockopt(4, SOL_TCP, TCP_KEEPIDLE, [1], 4) = 0
+.9~+1.7 > . 0:0(0) ack 1
+.01 < . 1:1(0) ack 1 win 32792
`,
      twins: [
        {
          with: 'a later idle time',
          from: 'TCP_KEEPIDLE, [1]',
          to: 'TCP_KEEPIDLE, [3]',
          at: '> . 0:0(0)',
          says: 'Timed out waiting for packet',
          waits: true,
        },
      ],
    },
    {
      name: 'SO_TYPE, SO_ERROR, TCP_MAXSEG',
      script: `${fresh}
+0 getsockopt(3, SOL_SOCKET, SO_TYPE, [SOCK_STREAM], [4]) = 0
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0
+0 getsockopt(3, SOL_TCP, TCP_MAXSEG, [536], [4]) = 0
`,
    },
    {
      name: "TCP_MAXSEG of a connection is the other side's",
      script: `${connected.replace('<mss 1460>', '<mss 1000>')}
+0 getsockopt(3, SOL_TCP, TCP_MAXSEG, [1000], [4]) = 0
+0 write(3, ..., 2000) = 2000
+0 > P. 1:2001(2000) ack 1
`,
      twins: [
        {
          with: 'another MSS',
          from: '<mss 1000>',
          to: '<mss 999>',
          at: 'TCP_MAXSEG',
          says: 'Bad getsockopt optval: expected: 1000 actual: 999',
        },
      ],
    },
    {
      name: 'a connection inherits the options of its listener',
      script: `
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 setsockopt(3, SOL_SOCKET, SO_KEEPALIVE, [1], 4) = 0
+0 setsockopt(3, SOL_TCP, TCP_NODELAY, [1], 4) = 0
+0 setsockopt(3, SOL_TCP, TCP_KEEPIDLE, [77], 4) = 0
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
${accepted.slice(listening.length)}
+0 getsockopt(4, SOL_SOCKET, SO_KEEPALIVE, [1], [4]) = 0
+0 getsockopt(4, SOL_TCP, TCP_NODELAY, [1], [4]) = 0
+0 getsockopt(4, SOL_TCP, TCP_KEEPIDLE, [77], [4]) = 0
+0 getsockopt(4, SOL_SOCKET, SO_ACCEPTCONN, [0], [4]) = 0
`,
    },
    {
      name: 'unknown ones are ENOPROTOOPT, short ones EINVAL',
      script: `${fresh}
+0 getsockopt(3, SOL_SOCKET, 9999, [0], [4]) = -1 ENOPROTOOPT (Protocol not available)
+0 setsockopt(3, SOL_SOCKET, 9999, [0], 4) = -1 ENOPROTOOPT (Protocol not available)
+0 getsockopt(3, SOL_TCP, 9999, [0], [4]) = -1 ENOPROTOOPT (Protocol not available)
+0 setsockopt(3, SOL_TCP, 9999, [0], 4) = -1 ENOPROTOOPT (Protocol not available)
+0 setsockopt(3, SOL_SOCKET, SO_KEEPALIVE, [1], 3) = -1 EINVAL (Invalid argument)
+0 setsockopt(3, SOL_TCP, TCP_NODELAY, [1], 0) = -1 EINVAL (Invalid argument)
+0 setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 4) = -1 EINVAL (Invalid argument)
`,
      twins: [
        {
          with: 'another errno',
          from: 'ENOPROTOOPT',
          to: 'EINVAL',
          at: 'getsockopt(3, SOL_SOCKET, 9999',
          says: 'Expected errno 22 (Invalid argument) but got 92 (Protocol not available)',
        },
      ],
    },
    {
      name: 'that only Linux has',
      needs: 'options of Linux alone',
      script: `${fresh}
+0 setsockopt(3, SOL_TCP, TCP_QUICKACK, [1], 4) = 0
`,
    },
    {
      name: 'a value of octets is written as a string',
      script: `${fresh}
+0 setsockopt(3, SOL_TCP, TCP_NODELAY, "\\x01\\x00\\x00", 4) = 0
+0 getsockopt(3, SOL_TCP, TCP_NODELAY, "\\x01\\x00\\x00\\x00", [4]) = 0
`,
      twins: [
        {
          with: 'another octet',
          from: '\\x01\\x00\\x00\\x00',
          to: '\\x02\\x00\\x00\\x00',
          at: 'getsockopt(',
          says: 'Bad getsockopt optval',
        },
      ],
    },
    {
      name: 'TCP_NODELAY sends small segments at once',
      script: `${accepted}
+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1
+0 write(4, ..., 100) = 100
+0 setsockopt(4, SOL_TCP, TCP_NODELAY, [1], 4) = 0
+0 > P. 101:201(100) ack 1
`,
      twins: [
        {
          with: 'it off',
          from: 'TCP_NODELAY, [1]',
          to: 'TCP_NODELAY, [0]',
          at: '> P. 101:201',
          says: 'Timed out waiting for packet',
          waits: true,
        },
      ],
    },
    {
      name: 'IP_TOS and IP_TTL show in the packets',
      script: `${accepted}
+0 setsockopt(4, SOL_IP, IP_TOS, [0x10], 4) = 0
+0 getsockopt(4, SOL_IP, IP_TOS, [0x10], [4]) = 0
+0 write(4, ..., 100) = 100
+0 > [tos 0x10] P. 1:101(100) ack 1
+.01 < . 1:1(0) ack 101 win 32792
+0 setsockopt(4, SOL_IP, IP_TTL, [77], 4) = 0
+0 write(4, ..., 100) = 100
+0 > [ttl 77] P. 101:201(100) ack 1
`,
      twins: [
        {
          with: 'another TOS',
          from: 'IP_TOS, [0x10], 4',
          to: 'IP_TOS, [0x08], 4',
          at: 'IP_TOS, [0x10], [4]',
          says: 'Bad getsockopt optval: expected: 16 actual: 8',
        },
        {
          with: 'another TTL',
          from: '[ttl 77]',
          to: '[ttl 78]',
          at: '[ttl 78]',
          says: 'ttl: expected: 78 (0x4e) vs actual: 77',
        },
      ],
    },
  ],

  'fcntl()': [
    {
      name: 'F_GETFL tells O_RDWR and O_NONBLOCK, F_SETFL sets O_NONBLOCK',
      script: `${fresh}
+0 fcntl(3, F_GETFL) = 0x2 (flags O_RDWR)
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 fcntl(3, F_GETFL) = 0x802
+0 fcntl(3, F_SETFL, O_RDWR) = 0
+0 fcntl(3, F_GETFL, 0) = 0x2 (flags O_RDWR)
`,
      wall: true,
      twins: [
        {
          with: 'it not set',
          from: 'O_RDWR|O_NONBLOCK) = 0',
          to: 'O_RDWR) = 0',
          at: '0x802',
          says: 'Expected result 2050 but got 2',
        },
      ],
    },
    {
      name: 'SOCK_NONBLOCK sets O_NONBLOCK',
      script: `
0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0 fcntl(3, F_GETFL) = 0x802
`,
      twins: [
        { with: 'it not given', from: '|SOCK_NONBLOCK', to: '', at: '0x802', says: 'Expected result 2050 but got 2' },
      ],
    },
  ],

  'socket()': [
    {
      name: 'of an unknown family, type or protocol',
      script: `
0 socket(AF_INET, 77, IPPROTO_TCP) = -1 EINVAL (Invalid argument)
+0 socket(AF_INET, SOCK_STREAM, IPPROTO_UDP) = -1 EPROTONOSUPPORT (Protocol not supported)
+0 socket(99, SOCK_STREAM, IPPROTO_TCP) = -1 EAFNOSUPPORT (Address family not supported by protocol)
+0 socket(AF_INET, SOCK_STREAM, 0) = 3
+0 socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP) = 4
`,
    },
  ],
})
