// How long calls sleep at most, and how much wakes them: SO_RCVTIMEO, SO_SNDTIMEO, SO_RCVLOWAT (socket(7)).
import { accepted, contract, handshake, listening, tooEarly } from '../support/contract.js'

/** struct timeval: seconds and microseconds, 8 octets each. */
const timeval = (seconds: number, microseconds: number) =>
  `"${[...new Uint8Array(BigInt64Array.of(BigInt(seconds), BigInt(microseconds)).buffer)]
    .map((octet) => `\\x${octet.toString(16).padStart(2, '0')}`)
    .join('')}"`
const tenth = timeval(0, 100_000)
const waitsToReceive = `${accepted}
+0 setsockopt(4, SOL_SOCKET, SO_RCVTIMEO, ${tenth}, 16) = 0`

contract({
  SO_RCVTIMEO: [
    {
      name: 'ends a read() without data, and not one that is done before',
      script: `${waitsToReceive}
+0...0.1 read(4, ..., 100) = -1 EAGAIN (Resource temporarily unavailable)
+.2...0.25 read(4, ..., 100) = 60
+.05 < P. 1:61(60) ack 1 win 32792
`,
      wall: true,
      twins: [
        { with: 'another end', from: '0...0.1 read', to: '0...0.4 read', at: '0...0.4', says: tooEarly },
        { with: 'no time set', from: tenth, to: timeval(0, 0), at: '+.2...0.25', says: 'another blocking system call' },
      ],
    },
    {
      name: 'of a recv() with MSG_WAITALL leaves what has come',
      script: `${waitsToReceive}
+0...0.1 recv(4, ..., 100, MSG_WAITALL) = 60
+.05 < P. 1:61(60) ack 1 win 32792
`,
    },
    {
      name: 'ends accept()',
      script: `${listening}
+0 setsockopt(3, SOL_SOCKET, SO_RCVTIMEO, ${tenth}, 16) = 0
+0...0.1 accept(3, ..., ...) = -1 EAGAIN (Resource temporarily unavailable)
`,
    },
    {
      name: 'ends recvmsg() and splice()',
      script: `${waitsToReceive}
+0 pipe([10, 11]) = 0
+0...0.1 recvmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 10}], msg_flags=0}, 0) = -1 EAGAIN (Resource temporarily unavailable)
+.2...0.3 splice(4, NULL, 11, NULL, 10, 0) = -1 EAGAIN (Resource temporarily unavailable)
`,
    },
    {
      name: 'is kept, and a connection has its listener’s',
      script: `${listening}
+0 getsockopt(3, SOL_SOCKET, SO_RCVTIMEO, ${timeval(0, 0)}, [16]) = 0
+0 setsockopt(3, SOL_SOCKET, SO_RCVTIMEO, ${timeval(3, 100_000)}, 16) = 0
+0 getsockopt(3, SOL_SOCKET, SO_RCVTIMEO, ${timeval(3, 100_000)}, [16]) = 0
+0 getsockopt(3, SOL_SOCKET, SO_SNDTIMEO, ${timeval(0, 0)}, [16]) = 0
${handshake}
+0 accept(3, ..., ...) = 4
+0 getsockopt(4, SOL_SOCKET, SO_RCVTIMEO, ${timeval(3, 100_000)}, [16]) = 0
+0 setsockopt(4, SOL_SOCKET, SO_RCVTIMEO, [1], 4) = -1 EINVAL (Invalid argument)
+0 setsockopt(4, SOL_SOCKET, SO_RCVTIMEO, ${timeval(0, 1_000_000)}, 16) = -1 EDOM (Numerical argument out of domain)
+0 setsockopt(4, SOL_SOCKET, SO_RCVTIMEO, ${timeval(-1, 0)}, 16) = 0
+0 read(4, ..., 100) = -1 EAGAIN (Resource temporarily unavailable)
`,
    },
    {
      name: 'of a datagram socket',
      script: `0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3
+0 bind(3, ..., ...) = 0
+0 setsockopt(3, SOL_SOCKET, SO_RCVTIMEO, ${tenth}, 16) = 0
+0...0.1 recvfrom(3, ..., 100, 0, ..., ...) = -1 EAGAIN (Resource temporarily unavailable)
`,
    },
  ],
  SO_SNDTIMEO: [
    {
      name: 'ends connect(), which goes on',
      script: `
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 setsockopt(3, SOL_SOCKET, SO_SNDTIMEO, ${tenth}, 16) = 0
+0...0.1 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+.15 < S. 0:0(0) ack 1 win 32792 <mss 1460>
+0 > . 1:1(0) ack 1
+0 connect(3, ..., ...) = 0
`,
    },
    {
      name: 'ends write(), of which the part counts that has found room',
      needs: 'a send buffer of known size',
      script: `${accepted}
+0 setsockopt(4, SOL_SOCKET, SO_SNDTIMEO, ${tenth}, 16) = 0
+0...0.1 write(4, ..., 80000) = 65535
+.2...0.3 write(4, ..., 10) = -1 EAGAIN (Resource temporarily unavailable)
`,
    },
  ],
  SO_RCVLOWAT: [
    {
      name: 'says how much is worth reading',
      script: `${accepted}
+0 getsockopt(4, SOL_SOCKET, SO_RCVLOWAT, [1], [4]) = 0
+0 setsockopt(4, SOL_SOCKET, SO_RCVLOWAT, [100], 4) = 0
+0 getsockopt(4, SOL_SOCKET, SO_RCVLOWAT, [100], [4]) = 0
+0 epoll_create(1) = 5
+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLIN, fd=4}) = 0
+.01 < P. 1:61(60) ack 1 win 32792
+0 poll([{fd=4, events=POLLIN, revents=0}], 1, 0) = 0
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
+0 read(4, ..., 50) = 50
+0...0.05 read(4, ..., 1000) = 110
+.05 < P. 61:161(100) ack 1 win 32792
+.01 < P. 161:262(101) ack 1 win 32792
+0 poll([{fd=4, events=POLLIN, revents=POLLIN}], 1, 0) = 1
+0 epoll_wait(5, {events=EPOLLIN, fd=4}, 1, 0) = 1
`,
    },
    {
      name: 'does not keep the end of the stream back',
      script: `${accepted}
+0 setsockopt(4, SOL_SOCKET, SO_RCVLOWAT, [100], 4) = 0
+.01 < PF. 1:61(60) ack 1 win 32792
+0 poll([{fd=4, events=POLLIN, revents=POLLIN}], 1, 0) = 1
+0 read(4, ..., 1000) = 60
`,
    },
  ],
})
