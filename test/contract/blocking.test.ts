// Calls that sleep: in time, too early, too late; what wakes them; what else may run meanwhile (3-calls.md 6).
// Gaps are wider than the tolerance on a real clock, and a blocking call's line is blamed whatever line comes then.
import { accepted, connected, contract, handshake, listening, tooEarly, tooLate } from '../support/contract.js'

contract({
  'a blocking call': [
    {
      name: 'accept() returns with the last ACK of the handshake',
      script: `${listening}
+0...0.2 accept(3, ..., ...) = 4
+0 < S 0:0(0) win 32792 <mss 1460>
+0 > S. 0:0(0) ack 1 <...>
+.2 < . 1:1(0) ack 1 win 32792
+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1
`,
      wall: true,
      twins: [
        {
          with: 'a later end',
          from: '+0...0.2',
          to: '+0...0.5',
          at: 'accept(',
          says: tooEarly,
        },
        {
          with: 'an earlier end',
          from: '+0...0.2',
          to: '+0...0.05',
          at: 'accept(',
          says: tooLate,
        },
        {
          with: 'another result',
          from: 'accept(3, ..., ...) = 4',
          to: 'accept(3, ..., ...) = -1',
          at: 'accept(',
          says: 'Expected result -1 but got',
        },
      ],
    },
    {
      name: 'read() returns with the data',
      script: `${accepted}
+0...0.2 read(4, ..., 1000) = 100
+.2 < P. 1:101(100) ack 1 win 32792
`,
      wall: true,
      twins: [
        {
          with: 'a later end',
          from: '+0...0.2',
          to: '+0...0.5',
          at: 'read(',
          says: tooEarly,
        },
        {
          with: 'an earlier end',
          from: '+0...0.2',
          to: '+0...0.05',
          at: 'read(',
          says: tooLate,
        },
        { with: 'another result', from: '= 100', to: '= 99', at: 'read(', says: 'Expected result 99 but got 100' },
        {
          with: 'data that never come',
          from: '+.2 < P. 1:101(100) ack 1 win 32792',
          to: '+.2 < . 1:1(0) ack 1 win 32792',
          at: 'read(',
          says: 'exiting while a blocking system call is in progress',
          waits: true,
        },
      ],
    },
    {
      name: 'its times count from one base: it starts late where the script says so',
      script: `${accepted}
+.2...0.4 read(4, ..., 1000) = 100
+.2 < P. 1:101(100) ack 1 win 32792
`,
    },
    {
      name: 'recv() and recvfrom() return with the data',
      script: `${accepted}
+0...0.1 recv(4, ..., 1000, 0) = 100
+.1 < P. 1:101(100) ack 1 win 32792
+0...0.1 recvfrom(4, ..., 1000, 0, ..., ...) = 50
+.1 < P. 101:151(50) ack 1 win 32792
`,
    },
    {
      name: 'readv() returns with the data',
      script: `${accepted}
+0...0.1 readv(4, [{..., 10}, {..., 1000}], 2) = 100
+.1 < P. 1:101(100) ack 1 win 32792
`,
    },
    {
      name: 'recv() with MSG_WAITALL returns when all has come',
      script: `${accepted}
+0...0.3 recv(4, ..., 200, MSG_WAITALL) = 200
+.1 < P. 1:101(100) ack 1 win 32792
+.2 < P. 101:201(100) ack 1 win 32792
`,
      twins: [
        {
          with: 'the first part enough',
          from: 'MSG_WAITALL',
          to: '0',
          at: 'recv(',
          says: 'Expected result 200 but got 100',
        },
      ],
    },
    {
      name: 'recv() with MSG_WAITALL takes less from a stream that ends',
      script: `${accepted}
+0...0.3 recv(4, ..., 200, MSG_WAITALL) = 100
+.1 < P. 1:101(100) ack 1 win 32792
+.2 < F. 101:101(0) ack 1 win 32792
`,
    },
    {
      name: 'read() is woken by the end of the stream',
      script: `${accepted}
+0...0.1 read(4, ..., 1000) = 0
+.1 < F. 1:1(0) ack 1 win 32792
`,
    },
    {
      name: 'read() is woken by a reset',
      script: `${accepted}
+0...0.1 read(4, ..., 1000) = -1 ECONNRESET (Connection reset by peer)
+.1 < R. 1:1(0) ack 1 win 0
`,
      twins: [
        {
          with: 'another errno',
          from: 'ECONNRESET',
          to: 'EPIPE',
          at: 'read(',
          says: 'Expected errno 32 (Broken pipe) but got 104',
        },
      ],
    },
    {
      name: 'read() waits for a connection that is being made',
      script: `
0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+0 fcntl(3, F_SETFL, O_RDWR) = 0
+0...0.2 read(3, ..., 1000) = 100
+.1 < S. 0:0(0) ack 1 win 32792 <mss 1460>
+0 > . 1:1(0) ack 1
+.1 < P. 1:101(100) ack 1 win 32792
`,
    },
    {
      name: 'write() waits for a connection that is being made',
      script: `
0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+0 write(3, ..., 100) = -1 EAGAIN (Resource temporarily unavailable)
+0 fcntl(3, F_SETFL, O_RDWR) = 0
+0...0.2 write(3, ..., 100) = 100
+.2 < S. 0:0(0) ack 1 win 32792 <mss 1460>
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0
`,
      wall: true,
      twins: [
        {
          with: 'a later end',
          from: '+0...0.2',
          to: '+0...0.5',
          at: 'write(3, ..., 100) = 100',
          says: tooEarly,
        },
        {
          with: 'an earlier end',
          from: '+0...0.2',
          to: '+0...0.05',
          at: 'write(3, ..., 100) = 100',
          says: tooLate,
        },
        {
          with: 'a reset',
          from: 'S. 0:0(0) ack 1 win 32792 <mss 1460>',
          to: 'R. 0:0(0) ack 1 win 0',
          at: 'write(3, ..., 100) = 100',
          says: 'Expected result 100 but got -1 with errno 111 (Connection refused)',
        },
      ],
    },
    {
      name: 'write() of more than the send buffer holds returns when the last octet has found room',
      needs: 'a send buffer of known size',
      script: `${accepted}
+0 getsockopt(4, SOL_SOCKET, SO_SNDBUF, [65535], [4]) = 0
+0...0.3 write(4, ..., 80000) = 80000
+.1 < . 1:1(0) ack 4381 win 65535
+.1 < . 1:1(0) ack 10221 win 65535
+.1 < . 1:1(0) ack 15001 win 65535
`,
      twins: [
        {
          with: 'too little room',
          from: 'ack 15001',
          to: 'ack 14001',
          at: 'write(',
          says: 'exiting while a blocking system call is in progress',
        },
        {
          with: 'O_NONBLOCK',
          from: '+0...0.3',
          to: '+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0\n+0...0.3',
          at: 'write(',
          says: 'Expected result 80000 but got 65535',
        },
      ],
    },
    {
      name: 'a full send buffer is EAGAIN with MSG_DONTWAIT, and not writable',
      needs: 'a send buffer of known size',
      script: `${accepted}
+0 send(4, ..., 80000, MSG_DONTWAIT) = 65535
+0 send(4, ..., 80000, MSG_DONTWAIT) = -1 EAGAIN (Resource temporarily unavailable)
+0 poll([{fd=4, events=POLLOUT, revents=0}], 1, 0) = 0
+.01 < . 1:1(0) ack 4381 win 65535
+0 poll([{fd=4, events=POLLOUT, revents=POLLOUT}], 1, 0) = 1
+0 send(4, ..., 80000, MSG_DONTWAIT) = 4380
`,
    },
    {
      name: 'write() without need to wait returns at once',
      script: `${accepted}
+0...0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1
`,
      twins: [
        {
          with: 'a wait',
          from: '+0...0 write',
          to: '+0...0.3 write',
          at: 'write(',
          says: tooEarly,
        },
      ],
    },
    {
      name: 'poll() returns when something is ready',
      script: `${accepted}
+0...0.2 poll([{fd=4, events=POLLIN, revents=POLLIN}], 1, 1000) = 1
+.2 < P. 1:101(100) ack 1 win 32792
`,
      wall: true,
      twins: [
        {
          with: 'a later end',
          from: '+0...0.2',
          to: '+0...0.5',
          at: 'poll(',
          says: tooEarly,
        },
        {
          with: 'an earlier end',
          from: '+0...0.2',
          to: '+0...0.05',
          at: 'poll(',
          says: tooLate,
        },
        {
          with: 'other revents',
          from: 'revents=POLLIN',
          to: 'revents=POLLIN|POLLHUP',
          at: 'poll(',
          says: 'Expected revents of POLLIN|POLLHUP but got POLLIN for pollfd 0',
        },
      ],
    },
    {
      name: 'poll() returns at its timeout',
      script: `${accepted}
+0...0.2 poll([{fd=4, events=POLLIN, revents=0}], 1, 200) = 0
`,
      wall: true,
      twins: [
        {
          with: 'a longer timeout',
          from: '1, 200)',
          to: '1, 500)',
          at: 'poll(',
          says: tooLate,
        },
        {
          with: 'a shorter timeout',
          from: '1, 200)',
          to: '1, 50)',
          at: 'poll(',
          says: tooEarly,
        },
      ],
    },
    {
      name: 'poll() without a timeout waits for a connection',
      script: `${listening}
+0...0.2 poll([{fd=3, events=POLLIN, revents=POLLIN}], 1, -1) = 1
+0 < S 0:0(0) win 32792 <mss 1460>
+0 > S. 0:0(0) ack 1 <...>
+.2 < . 1:1(0) ack 1 win 32792
`,
    },
    {
      name: 'with O_NONBLOCK it does not wait',
      script: `${connected}
+0...0 read(3, ..., 1000) = -1 EAGAIN (Resource temporarily unavailable)
`,
      twins: [
        {
          with: 'O_NONBLOCK cleared',
          from: '+0...0 read',
          to: '+0 fcntl(3, F_SETFL, O_RDWR) = 0\n+0...0 read',
          at: 'read(',
          says: 'exiting while a blocking system call is in progress',
          waits: true,
        },
      ],
    },
    {
      name: 'fails at its line where a later line meets it',
      script: `${accepted}
+0...0.1 read(4, ..., 1000) = 101
+.1 < P. 1:101(100) ack 1 win 32792
+.2 < P. 101:201(100) ack 1 win 32792
`,
      fails: { at: 'read(', says: 'Expected result 101 but got 100' },
    },
    {
      name: 'packets, commands and Python go on meanwhile',
      script: `${accepted}
+0...0.3 read(4, ..., 1000) = 100
+.1 < . 1:1(0) ack 1 win 32792
+0 \`true\`
+0 %{ assert tcpi_state == TCP_ESTABLISHED }%
+.2 < P. 1:101(100) ack 1 win 32792
`,
      options: [['tolerance_usecs', '150000']],
    },
    {
      name: 'another call waits for its return',
      script: `${accepted}
+0...0.1 read(4, ..., 1000) = 100
+.1 < P. 1:101(100) ack 1 win 32792
+0 read(4, ..., 0) = 0
+0...0.1 read(4, ..., 1000) = 100
+.1 < P. 101:201(100) ack 1 win 32792
`,
    },
    {
      name: 'another call waits a second, and is late then',
      script: `${accepted}
+0...0.1 read(4, ..., 1000) = 100
+.1 getsockopt(4, SOL_SOCKET, SO_ERROR, [0], [4]) = 0
`,
      fails: { at: 'getsockopt(', says: 'timing error: expected system call start at 0.' },
    },
    {
      name: 'a second one while the first is going on is refused',
      script: `${accepted}
+0...0.1 read(4, ..., 1000) = 100
+.1...0.2 poll([{fd=4, events=POLLIN}], 1, 100) = 0
`,
      fails: { at: 'poll(', says: 'blocking system call while another blocking system call is already in progress' },
    },
    {
      name: 'two connections one after the other',
      script: `${listening}
+0...0.1 accept(3, ..., ...) = 4
+0 < S 0:0(0) win 32792 <mss 1460>
+0 > S. 0:0(0) ack 1 <...>
+.1 < . 1:1(0) ack 1 win 32792
+0 close(4) = 0
+0 > F. 1:1(0) ack 1
+.01 < F. 1:1(0) ack 2 win 32792
+0 > . 2:2(0) ack 2
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 9
+0 listen(9, 1) = 0
${handshake}
+0...0 accept(3, ..., ...) = 4
+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1
`,
    },
  ],
})
