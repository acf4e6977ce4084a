// The script's descriptor numbers, and several connections in one script (3-calls.md 4).
import { accepted, connected, contract, handshake, listening } from '../support/contract.js'

const closed = `
+0 close(4) = 0
+0 > F. 1:1(0) ack 1
+.01 < F. 1:1(0) ack 2 win 32792
+0 > . 2:2(0) ack 2`

contract({
  descriptors: [
    {
      name: "the script's numbers are its own",
      script: `
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 1000
+0 setsockopt(1000, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
+0 bind(1000, ..., ...) = 0
+0 listen(1000, 1) = 0
${handshake}
+0 accept(1000, ..., ...) = 0
+0 write(0, ..., 100) = 100
+0 > P. 1:101(100) ack 1
`,
      wall: true,
      twins: [
        {
          with: 'one that nobody opened',
          from: 'write(0,',
          to: 'write(4,',
          at: 'write(4',
          says: 'unable to find fd with script fd 4',
        },
      ],
    },
    {
      name: 'a number is free again after close()',
      script: `
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 close(3) = 0
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 4
+0 close(3) = 0
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 5 // the third
+0 close(4) = 0
+0 close(5) = 0
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 4
+0 bind(4, ..., ...) = 0
`,
      twins: [
        {
          with: 'one that is open',
          from: 'IPPROTO_TCP) = 5',
          to: 'IPPROTO_TCP) = 4',
          at: '// the third',
          says: 'duplicate fd 4 in script',
        },
        {
          with: 'a closed one used',
          from: 'bind(4',
          to: 'bind(5',
          at: 'bind(5',
          says: 'unable to find fd with script fd 5',
        },
      ],
    },
    {
      name: 'an expected failure opens none',
      script: `
0 socket(99, SOCK_STREAM, IPPROTO_TCP) = -1
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
`,
    },
    {
      name: 'the connection under test is the newest, and goes on where its descriptor is closed',
      script: `${accepted}
+0 close(3) = 0
+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1
+.01 < . 1:1(0) ack 101 win 32792
+0 close(4) = 0
+0 > F. 101:101(0) ack 1
`,
    },
  ],

  'several connections': [
    {
      name: 'passive ones, one after the other, each of a listener of its own',
      script: `${accepted}${closed}
+0 close(3) = 0
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 5000:5000(0) win 32792 <mss 1460>
+0 > S. 0:0(0) ack 5001 <...> // the second
+.01 < . 1:1(0) ack 1 win 32792
+0 accept(3, ..., ...) = 4${closed}
`,
      wall: true,
      twins: [
        {
          with: "the first one's number",
          from: 'ack 5001',
          to: 'ack 1',
          at: '// the second',
          says: 'tcp_ack_seq: expected: 1 (0x1) vs actual: 5001',
        },
      ],
    },
    {
      name: 'active ones, one after the other, from ports of their own',
      script: `${connected}
+0 close(3) = 0
+0 > F. 1:1(0) ack 1
+.01 < F. 1:1(0) ack 2 win 32792
+0 > . 2:2(0) ack 2
+0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+.01 < S. 7000:7000(0) ack 1 win 32792 <mss 1460>
+0 > . 1:1(0) ack 1
+0 write(3, ..., 100) = 100
+0 > P. 1:101(100) ack 1
`,
    },
    {
      name: 'an active one beside a passive one: both have data',
      script: `${accepted}
+0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 7
+0 connect(7, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+.01 < S. 0:0(0) ack 1 win 32792 <mss 1460>
+0 > . 1:1(0) ack 1
+.01 < P. 1:101(100) ack 1 win 32792
+0 poll([{fd=3, events=POLLIN}, {fd=4, events=POLLIN}, {fd=7, events=POLLIN, revents=POLLIN}], 3, 0) = 1
+0 write(4, ..., 50) = 50
+0 read(7, ..., 1000) = 100
+0 write(7, ..., 100) = 100
+0 > P. 1:101(100) ack 101
`,
      twins: [
        {
          with: 'what the other connection sent',
          from: '> P. 1:101(100) ack 101',
          to: '> P. 1:51(50) ack 1',
          at: '1:51',
          says: 'live packet payload: expected 50 bytes vs actual 100 bytes',
        },
      ],
    },
    {
      name: 'several of one listener, accepted in their order',
      script: `${accepted}
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 9
+0 listen(9, 1) = 0
${handshake}
+0 accept(3, ..., ...) = 5
+0 write(4, ..., 100) = 100
+0 write(5, ..., 200) = 200
+0 > P. 1:201(200) ack 1
`,
    },
    {
      name: 'two wait for accept(): it gives the elder one first, whichever the script met last',
      script: `${listening}${handshake}
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 9
+0 listen(9, 1) = 0
${handshake}
+.01 < P. 1:101(100) ack 1 win 32792
+0 accept(3, ..., ...) = 4
+0 accept(3, ..., ...) = 5
+0 recv(4, ..., 1000, MSG_DONTWAIT) = -1 EAGAIN (Resource temporarily unavailable)
+0 recv(5, ..., 1000, MSG_DONTWAIT) = 100
+0 %{ assert tcpi_state == TCP_ESTABLISHED }%
`,
    },
    {
      name: 'two wait for accept(): after the first, the newest is not accepted yet',
      script: `${listening}${handshake}
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 9
+0 listen(9, 1) = 0
${handshake}
+0 accept(3, ..., ...) = 4
+0 %{ assert tcpi_state == TCP_ESTABLISHED }%
`,
      fails: { at: '%{', says: "can't find getsockopt to get TCP info" },
    },
  ],
})
