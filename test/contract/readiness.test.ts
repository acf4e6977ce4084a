// poll(2): what is ready when, of one descriptor and of several.
import { accepted, connected, contract, handshake, listening } from '../support/contract.js'

contract({
  'poll() with a timeout of 0': [
    {
      name: 'a listener is readable when a connection waits',
      script: `${listening}
+0 poll([{fd=3, events=POLLIN|POLLOUT, revents=0}], 1, 0) = 0
${handshake}
+0 poll([{fd=3, events=POLLIN|POLLOUT, revents=POLLIN}], 1, 0) = 1
+0 accept(3, ..., ...) = 4
+0 poll([{fd=3, events=POLLIN|POLLOUT, revents=0}], 1, 0) = 0
`,
      wall: true,
      twins: [
        {
          with: 'other revents',
          from: 'revents=POLLIN}], 1',
          to: 'revents=POLLIN|POLLOUT}], 1',
          at: 'revents=POLLIN|POLLOUT}',
          says: 'Expected revents of POLLIN|POLLOUT but got POLLIN for pollfd 0',
        },
      ],
    },
    {
      name: 'a connection that is being made is not writable before it is made',
      script: `
0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+0 poll([{fd=3, events=POLLIN|POLLOUT, revents=0}], 1, 0) = 0
+.01 < S. 0:0(0) ack 1 win 32792 <mss 1460>
+0 > . 1:1(0) ack 1
+0 poll([{fd=3, events=POLLIN|POLLOUT, revents=POLLOUT}], 1, 0) = 1
`,
      twins: [
        {
          with: 'a reset',
          from: 'S. 0:0(0) ack 1 win 32792 <mss 1460>\n+0 > . 1:1(0) ack 1',
          to: 'R. 0:0(0) ack 1 win 0',
          at: 'revents=POLLOUT}',
          says: 'Expected revents of POLLOUT but got POLLIN|POLLOUT|POLLERR|POLLHUP',
        },
      ],
    },
    {
      name: 'a connection that was refused',
      script: `
0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+.01 < R. 0:0(0) ack 1 win 0
+0 poll([{fd=3, events=POLLIN|POLLOUT|POLLRDHUP, revents=POLLIN|POLLOUT|POLLERR|POLLHUP|POLLRDHUP}], 1, 0) = 1
`,
    },
    {
      name: 'only what was asked for is told, errors apart',
      script: `${accepted}
+.01 < P. 1:101(100) ack 1 win 32792
+0 poll([{fd=4, events=POLLOUT, revents=POLLOUT}], 1, 0) = 1
+0 poll([{fd=4, events=POLLIN, revents=POLLIN}], 1, 0) = 1
+0 poll([{fd=4, events=POLLPRI}], 1, 0) = 0
+0 poll([{fd=4, events=POLLRDNORM|POLLWRNORM, revents=POLLRDNORM|POLLWRNORM}], 1, 0) = 1
+0 read(4, ..., 1000) = 100
+0 poll([{fd=4, events=POLLIN, revents=0}], 1, 0) = 0
`,
      twins: [
        {
          with: 'data left',
          from: 'read(4, ..., 1000) = 100',
          to: 'read(4, ..., 99) = 99',
          at: 'events=POLLIN, revents=0}',
          says: 'Expected result 0 but got 1',
        },
      ],
    },
    {
      name: 'their FIN',
      script: `${accepted}
+.01 < F. 1:1(0) ack 1 win 32792
+0 poll([{fd=4, events=POLLIN|POLLOUT|POLLRDHUP, revents=POLLIN|POLLOUT|POLLRDHUP}], 1, 0) = 1
+0 read(4, ..., 1000) = 0
+0 poll([{fd=4, events=POLLIN|POLLRDHUP, revents=POLLIN|POLLRDHUP}], 1, 0) = 1
`,
    },
    {
      name: 'both directions closed is POLLHUP',
      script: `${accepted}
+.01 < F. 1:1(0) ack 1 win 32792
+0~+.5 > . 1:1(0) ack 2
+0 shutdown(4, SHUT_WR) = 0
+0 > F. 1:1(0) ack 2
+0 poll([{fd=4, events=0, revents=POLLHUP}], 1, 0) = 1
`,
    },
    {
      name: 'a reset',
      script: `${accepted}
+.01 < R. 1:1(0) ack 1 win 0
+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLIN|POLLOUT|POLLERR|POLLHUP}], 1, 0) = 1
+0 read(4, ..., 1000) = -1 ECONNRESET (Connection reset by peer)
+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLIN|POLLOUT|POLLHUP}], 1, 0) = 1
`,
      wall: true,
    },
    {
      name: 'a new socket is not connected: POLLHUP, and writable',
      script: `
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 poll([{fd=3, events=POLLIN|POLLOUT, revents=POLLOUT|POLLHUP}], 1, 0) = 1
`,
    },
    {
      name: 'of several descriptors each has its own answer, and the ready ones are counted',
      script: `${accepted}
+0 poll([{fd=3, events=POLLIN}, {fd=4, events=POLLIN|POLLOUT, revents=POLLOUT}], 2, 0) = 1
+.01 < P. 1:101(100) ack 1 win 32792
+0 poll([{fd=4, events=POLLIN, revents=POLLIN}, {fd=3, events=POLLIN}, {fd=4, events=POLLOUT, revents=POLLOUT}], 3, 0) = 2
`,
      wall: true,
      twins: [
        {
          with: 'the second one ready',
          from: '{fd=3, events=POLLIN}, {fd=4, events=POLLOUT',
          to: '{fd=3, events=POLLIN, revents=POLLIN}, {fd=4, events=POLLOUT',
          at: '3, 0) = 2',
          says: 'Expected revents of POLLIN but got  for pollfd 1',
        },
        {
          with: 'another count',
          from: '3, 0) = 2',
          to: '3, 0) = 3',
          at: '3, 0) = 3',
          says: 'Expected result 3 but got 2',
        },
        {
          with: 'a count that is not the list',
          from: '3, 0) = 2',
          to: '2, 0) = 2',
          at: '}], 2, 0) = 2',
          says: 'nfds 2 does not match 3-element pollfd array',
        },
      ],
    },
    {
      name: 'of no descriptor it is 0',
      script: `
0 poll([], 0, 0) = 0
`,
    },
    {
      name: 'an active open that is not blocking is readable when data come',
      script: `${connected}
+.01 < P. 1:101(100) ack 1 win 32792
+0 poll([{fd=3, events=POLLIN|POLLOUT, revents=POLLIN|POLLOUT}], 1, 0) = 1
`,
    },
  ],
})
