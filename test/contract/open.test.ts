// How connections begin: passive, active, refused, and what answers a segment that belongs to none (RFC 9293 3.10).
import { accepted, connected, contract, handshake, listening, tooEarly, tooLate } from '../support/contract.js'

contract({
  'passive open': [
    {
      name: 'a SYN is answered, and accept() gives the connection',
      script: accepted,
      wall: true,
      twins: [
        {
          with: 'another acknowledgement',
          from: 'S. 0:0(0) ack 1',
          to: 'S. 0:0(0) ack 2',
          at: 'ack 2',
          says: 'tcp_ack_seq: expected: 2',
        },
        {
          with: 'an expected reset',
          from: '> S. 0:0(0) ack 1',
          to: '> R. 0:0(0) ack 1',
          at: '> R.',
          says: 'tcp_syn: expected: 0',
        },
        {
          with: 'accept() to fail',
          from: 'accept(3, ..., ...) = 4',
          to: 'accept(3, ..., ...) = -1',
          at: 'accept(',
          says: 'Expected result -1',
        },
      ],
    },
    {
      name: "the sender's initial sequence number counts in the handshake and no more behind it",
      script: `${listening}
+0 < S 123456:123456(0) win 32792 <mss 1460>
+0 > S. 77:77(0) ack 123457 <...>
+.01 < . 1:1(0) ack 1 win 32792
+0 accept(3, ..., ...) = 4
+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1
`,
      twins: [
        {
          with: 'the SYN of another number',
          from: 'S 123456:123456(0)',
          to: 'S 123455:123455(0)',
          at: '> S.',
          says: 'tcp_ack_seq: expected: 123457',
        },
      ],
    },
    {
      name: 'data may come with the ACK of the handshake',
      script: `${listening}
+0 < S 0:0(0) win 32792 <mss 1460>
+0 > S. 0:0(0) ack 1 <...>
+.01 < P. 1:101(100) ack 1 win 32792
+0 accept(3, ..., ...) = 4
+0 read(4, ..., 1000) = 100
`,
    },
    {
      name: 'accept() on an empty queue is EAGAIN with O_NONBLOCK',
      script: `${listening}
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 accept(3, ..., ...) = -1 EAGAIN (Resource temporarily unavailable)
${handshake}
+0 accept(3, ..., ...) = 4
+0 accept(3, ..., ...) = -1 EAGAIN (Resource temporarily unavailable)
`,
      wall: true,
      twins: [
        {
          with: 'another errno',
          from: '-1 EAGAIN',
          to: '-1 EINVAL',
          at: 'EINVAL',
          says: 'Expected errno 22 (Invalid argument) but got 11',
        },
      ],
    },
    {
      name: 'the connection does not inherit O_NONBLOCK',
      script: `${listening}
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
${handshake}
+0 accept(3, ..., ...) = 4
+0 fcntl(4, F_GETFL) = 0x2 (flags O_RDWR)
`,
    },
    {
      name: 'a reset in the middle of the handshake leaves nothing to accept',
      script: `${listening}
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 < S 0:0(0) win 32792 <mss 1460>
+0 > S. 0:0(0) ack 1 <...>
+.01 < R 1:1(0) win 0
+0 accept(3, ..., ...) = -1 EAGAIN (Resource temporarily unavailable)
`,
    },
    {
      name: 'a wrong ACK in the middle of the handshake is reset',
      needs: 'resets without ACK',
      script: `${listening}
+0 < S 0:0(0) win 32792 <mss 1460>
+0 > S. 0:0(0) ack 1 <...>
+.01 < . 1:1(0) ack 1001 win 32792
+0 > R 1001:1001(0)
`,
    },
    {
      name: 'a connection that was reset before accept() is still accepted',
      script: `${listening}${handshake}
+.01 < R. 1:1(0) ack 1 win 0
+0 accept(3, ..., ...) = 4
+0 read(4, ..., 100) = -1 ECONNRESET (Connection reset by peer)
`,
    },
    {
      name: 'a connection that was ended before accept() is accepted, and its data are there',
      script: `${listening}${handshake}
+.01 < FP. 1:101(100) ack 1 win 32792
+0~+.5 > . 1:1(0) ack 102
+0 accept(3, ..., ...) = 4
+0 read(4, ..., 1000) = 100
+0 read(4, ..., 1000) = 0
`,
    },
    {
      name: 'two connections wait in the queue, and are accepted one after the other',
      script: `${listening}${handshake}
+0 accept(3, ..., ...) = 4
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 9
+0 listen(9, 1) = 0
${handshake}
+0 accept(3, ..., ...) = 5
+0 write(5, ..., 100) = 100
+0 > P. 1:101(100) ack 1
`,
    },
    {
      name: 'a full backlog: a further SYN is not answered until one was accepted',
      needs: 'no answer from a full backlog',
      script: `
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
+0 bind(3, ..., ...) = 0
+0 listen(3, 0) = 0
${handshake}
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 9
+0 listen(9, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1460>
+.2 accept(3, ..., ...) = 4
+.2 < S 0:0(0) win 32792 <mss 1460>
+0 > S. 0:0(0) ack 1 <...> // to the second SYN
+.01 < . 1:1(0) ack 1 win 32792
+0 accept(3, ..., ...) = 5
`,
      twins: [
        {
          with: 'room for one more',
          from: 'listen(3, 0)',
          to: 'listen(3, 1)',
          at: '// to the second SYN',
          says: 'timing error: expected outbound packet',
        },
      ],
    },
    {
      name: 'SO_ACCEPTCONN tells a listener',
      script: `
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 getsockopt(3, SOL_SOCKET, SO_ACCEPTCONN, [0], [4]) = 0
+0 listen(3, 1) = 0
+0 getsockopt(3, SOL_SOCKET, SO_ACCEPTCONN, [1], [4]) = 0
+0 listen(3, 5) = 0
`,
    },
    {
      name: 'accept() without listen() is EINVAL, a second bind() too',
      script: `
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 accept(3, ..., ...) = -1 EINVAL (Invalid argument)
+0 bind(3, ..., ...) = -1 EINVAL (Invalid argument)
`,
    },
    {
      name: "another listener's address is in use",
      script: `${listening}
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 4
+0 bind(4, ..., ...) = -1 EADDRINUSE (Address already in use)
`,
      twins: [
        {
          with: 'the first one closed',
          from: '+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 4',
          to: '+0 close(3) = 0\n+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 4',
          at: 'bind(4',
          says: 'Expected result -1 but got 0',
        },
      ],
    },
    {
      name: 'connect() of a listener is EISCONN',
      script: `${listening}
+0 connect(3, ..., ...) = -1 EISCONN (Transport endpoint is already connected)
`,
    },
  ],

  'active open': [
    {
      name: 'not blocking: EINPROGRESS, SO_ERROR 0, and the second connect() is told 0',
      script: connected,
      wall: true,
      twins: [
        {
          with: 'a connection at once',
          from: '= -1 EINPROGRESS (Operation now in progress)',
          to: '= 0',
          at: 'connect(',
          says: 'Expected result 0 but got -1 with errno 115',
        },
        {
          with: 'an error that is none',
          from: 'SO_ERROR, [0]',
          to: 'SO_ERROR, [111]',
          at: 'SO_ERROR',
          says: 'Bad getsockopt optval: expected: 111 actual: 0',
        },
      ],
    },
    {
      name: 'connect() is EALREADY while it goes on, EISCONN when it is over',
      script: `
0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+0 connect(3, ..., ...) = -1 EALREADY (Operation already in progress)
+.01 < S. 0:0(0) ack 1 win 32792 <mss 1460>
+0 > . 1:1(0) ack 1
+0 connect(3, ..., ...) = 0
+0 connect(3, ..., ...) = -1 EISCONN (Transport endpoint is already connected)
`,
    },
    {
      name: 'blocking: connect() returns with the SYN-ACK',
      script: `
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0...0.2 connect(3, ..., ...) = 0
+0 > S 0:0(0) <...>
+.2 < S. 0:0(0) ack 1 win 32792 <mss 1460>
+0 > . 1:1(0) ack 1
+0 write(3, ..., 100) = 100
+0 > P. 1:101(100) ack 1
`,
      wall: true,
      twins: [
        {
          with: 'a later end',
          from: '+0...0.2',
          to: '+0...0.5',
          at: 'connect(',
          says: tooEarly,
        },
        {
          with: 'an earlier end',
          from: '+0...0.2',
          to: '+0...0.05',
          at: 'connect(',
          says: tooLate,
        },
      ],
    },
    {
      name: 'the SYN-ACK may choose any number',
      script: `
0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 5000:5000(0) <...>
+.01 < S. 90000:90000(0) ack 5001 win 32792 <mss 1460>
+0 > . 1:1(0) ack 1
+0 write(3, ..., 100) = 100
+0 > P. 1:101(100) ack 1
+.01 < P. 1:51(50) ack 101 win 32792
+0 read(3, ..., 100) = 50
`,
    },
    {
      name: 'a reset is ECONNREFUSED, told once by SO_ERROR',
      script: `
0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+.01 < R. 0:0(0) ack 1 win 0
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0
`,
      wall: true,
      twins: [
        {
          with: 'a reset of something else',
          from: 'R. 0:0(0) ack 1 ',
          to: 'R. 0:0(0) ack 2 ',
          at: 'SO_ERROR, [ECONNREFUSED]',
          says: 'Bad getsockopt optval: expected: 111 actual: 0',
        },
      ],
    },
    {
      name: 'a reset is ECONNREFUSED to the second connect()',
      script: `
0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+.01 < R. 0:0(0) ack 1 win 0
+0 connect(3, ..., ...) = -1 ECONNREFUSED (Connection refused)
`,
    },
    {
      name: 'a reset ends a blocking connect()',
      script: `
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0...0.1 connect(3, ..., ...) = -1 ECONNREFUSED (Connection refused)
+0 > S 0:0(0) <...>
+.1 < R. 0:0(0) ack 1 win 0
`,
      twins: [
        {
          with: 'a SYN-ACK',
          from: 'R. 0:0(0) ack 1 win 0',
          to: 'S. 0:0(0) ack 1 win 100',
          at: 'connect(',
          says: 'Expected result -1 but got 0',
        },
      ],
    },
    {
      name: 'after a refusal the same socket connects',
      script: `
0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+.01 < R. 0:0(0) ack 1 win 0
+0 connect(3, ..., ...) = -1 ECONNREFUSED (Connection refused)
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+.01 < S. 0:0(0) ack 1 win 32792 <mss 1460>
+0 > . 1:1(0) ack 1
+0 connect(3, ..., ...) = 0
`,
    },
    {
      name: 'connect() of a connection with AF_UNSPEC dissolves it',
      script: `${connected}
+0 connect(3, AF_UNSPEC, ...) = 0
+0 > R. 1:1(0) ack 1
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
`,
    },
    {
      name: 'a SYN-ACK that acknowledges something else is reset',
      needs: 'resets without ACK',
      script: `
0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+.01 < S. 0:0(0) ack 1001 win 32792 <mss 1460>
+0 > R 1001:1001(0)
+.01 < S. 0:0(0) ack 1 win 32792 <mss 1460>
+0 connect(3, ..., ...) = 0
`,
    },
    {
      name: 'a SYN crosses ours: simultaneous open',
      needs: 'simultaneous open',
      script: `
0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+.01 < S 0:0(0) win 32792 <mss 1460>
+0 > S. 0:0(0) ack 1 <...>
+.01 < S. 0:0(0) ack 1 win 32792 <mss 1460>
+0 connect(3, ..., ...) = 0
`,
    },
  ],

  'no connection': [
    {
      name: 'a SYN to a port that nobody listens on is reset; the script needs no socket',
      script: `
0 < S 0:0(0) win 32792 <mss 1460>
+0 > R. 0:0(0) ack 1
`,
      wall: true,
      twins: [
        {
          with: 'a SYN-ACK',
          from: '> R. 0:0(0) ack 1',
          to: '> S. 0:0(0) ack 1 <...>',
          at: '> S.',
          says: 'tcp_syn: expected: 1',
        },
      ],
    },
    {
      name: 'data and FIN count in the acknowledgement of the reset',
      script: `
0 < FP 1:101(100) win 32792
+0 > R. 0:0(0) ack 102
`,
    },
    {
      name: 'a segment with ACK is reset with its own number',
      needs: 'resets without ACK',
      script: `
0 < . 1:1(0) ack 2000 win 32792
+0 > R 2000:2000(0)
`,
    },
    {
      name: 'a reset is not answered',
      needs: 'resets without ACK',
      script: `
0 < R 1:1(0) win 0
+.3 < . 1:1(0) ack 3000 win 32792
+0 > R 3000:3000(0)
`,
      twins: [
        {
          with: 'a segment that is answered',
          from: '< R 1:1(0) win 0',
          to: '< . 1:1(0) ack 2000 win 0',
          at: '> R 3000',
          says: 'tcp_seq: expected: 3000 (0xbb8) vs actual: 2000',
        },
      ],
    },
    {
      name: 'a socket that is bound only does not listen',
      script: `
0 < S 0:0(0) win 32792 <mss 1460>
+0 > R. 0:0(0) ack 1
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 write(3, ..., 100) = -1 EPIPE (Broken pipe)
+0 read(3, ..., 100) = -1 ENOTCONN (Transport endpoint is not connected)
+0 shutdown(3, SHUT_RDWR) = -1 ENOTCONN (Transport endpoint is not connected)
`,
    },
    {
      name: 'an ACK to a listener is reset',
      needs: 'resets without ACK',
      script: `${listening}
+0 < . 1:1(0) ack 2000 win 32792
+0 > R 2000:2000(0)
`,
    },
    {
      name: 'a listener that was closed listens no more',
      script: `${listening}
+0 close(3) = 0
+0 < S 0:0(0) win 32792 <mss 1460>
+0 > R. 0:0(0) ack 1
`,
    },
    {
      name: 'a listener that is closed resets what nobody has accepted',
      script: `${listening}${handshake}
+0 close(3) = 0
+0 > R. 1:1(0) ack 1
`,
    },
  ],
})
