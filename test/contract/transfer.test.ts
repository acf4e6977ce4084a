// Data in both directions: reads and writes in all their forms, segments, and what comes twice or out of order.
import { accepted, contract } from '../support/contract.js'

contract({
  reading: [
    {
      name: 'in pieces',
      script: `${accepted}
+.01 < P. 1:1001(1000) ack 1 win 32792
+0~+.5 > . 1:1(0) ack 1001
+0 read(4, ..., 300) = 300
+0 read(4, ..., 300) = 300
+0 read(4, ..., 1000) = 400
`,
      wall: true,
      twins: [
        {
          with: 'too much in the last',
          from: '1000) = 400',
          to: '1000) = 401',
          at: '= 401',
          says: 'Expected result 401 but got 400',
        },
      ],
    },
    {
      name: 'of several segments at once',
      script: `${accepted}
+.01 < . 1:1001(1000) ack 1 win 32792
+0 < P. 1001:1501(500) ack 1 win 32792
+0 read(4, ..., 2000) = 1500
`,
    },
    {
      name: 'MSG_PEEK leaves the data',
      script: `${accepted}
+.01 < P. 1:101(100) ack 1 win 32792
+0 recv(4, ..., 60, MSG_PEEK) = 60
+0 recv(4, ..., 1000, MSG_PEEK) = 100
+0 recv(4, ..., 1000, 0) = 100
+0 recv(4, ..., 1000, MSG_DONTWAIT) = -1 EAGAIN (Resource temporarily unavailable)
`,
      twins: [
        {
          with: 'the data taken',
          from: '60, MSG_PEEK',
          to: '60, 0',
          at: '1000, MSG_PEEK',
          says: 'Expected result 100 but got 40',
        },
      ],
    },
    {
      name: 'O_NONBLOCK and MSG_DONTWAIT are EAGAIN where there is nothing',
      script: `${accepted}
+0 recv(4, ..., 1000, MSG_DONTWAIT) = -1 EAGAIN (Resource temporarily unavailable)
+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 read(4, ..., 1000) = -1 EAGAIN (Resource temporarily unavailable)
+0 readv(4, [{..., 100}, {..., 100}], 2) = -1 EAGAIN (Resource temporarily unavailable)
`,
      wall: true,
      twins: [
        {
          with: 'the end of the stream',
          from: 'MSG_DONTWAIT) = -1 EAGAIN (Resource temporarily unavailable)',
          to: 'MSG_DONTWAIT) = 0',
          at: 'recv(4',
          says: 'Expected result 0 but got -1 with errno 11',
        },
      ],
    },
    {
      name: 'readv() fills one element after the other',
      script: `${accepted}
+.01 < P. 1:251(250) ack 1 win 32792
+0 readv(4, [{..., 100}, {..., 0}, {..., 100}], 3) = 200
+0 readv(4, [{..., 100}, {..., 100}], 2) = 50
`,
      twins: [
        {
          with: 'a wrong count of elements',
          from: '{..., 100}], 3)',
          to: '{..., 100}], 2)',
          at: '100}], 2) = 200',
          says: 'iov_count 2 does not match 3-element iovec array',
        },
      ],
    },
    {
      name: 'recvfrom() reads as recv()',
      script: `${accepted}
+.01 < P. 1:101(100) ack 1 win 32792
+0 recvfrom(4, ..., 40, 0, ..., ...) = 40
+0 recvfrom(4, ..., 100, MSG_DONTWAIT, ..., ...) = 60
`,
    },
    {
      name: 'into no buffer is EFAULT, and the data stay',
      script: `${accepted}
+.01 < P. 1:101(100) ack 1 win 32792
+0 read(4, NULL, 1000) = -1 EFAULT (Bad address)
+0 recv(4, NULL, 1000, 0) = -1 EFAULT (Bad address)
+0 read(4, NULL, 0) = 0
+0 read(4, ..., 1000) = 100
`,
      twins: [
        {
          with: 'a buffer',
          from: 'read(4, NULL, 1000)',
          to: 'read(4, ..., 1000)',
          at: 'read(4, ..., 1000) = -1',
          says: 'Expected result -1 but got 100',
        },
      ],
    },
    {
      name: 'MSG_TRUNC drops data without a buffer',
      script: `${accepted}
+.01 < P. 1:101(100) ack 1 win 32792
+0 recv(4, NULL, 70, MSG_TRUNC) = 70
+0 recv(4, ..., 70, 0) = 30
`,
    },
    {
      name: 'nothing, of no octets, does not wait',
      script: `${accepted}
+0 read(4, ..., 0) = 0
`,
    },
  ],

  writing: [
    {
      name: 'in all forms',
      script: `${accepted}
+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1
+.01 < . 1:1(0) ack 101 win 32792
+0 send(4, ..., 100, 0) = 100
+0 > P. 101:201(100) ack 1
+.01 < . 1:1(0) ack 201 win 32792
+0 sendto(4, ..., 100, MSG_NOSIGNAL, ..., ...) = 100
+0 > P. 201:301(100) ack 1
+.01 < . 1:1(0) ack 301 win 32792
+0 writev(4, [{..., 60}, {..., 0}, {..., 40}], 3) = 100
+0 > P. 301:401(100) ack 1
+.01 < . 1:1(0) ack 401 win 32792
`,
      wall: true,
      twins: [
        {
          with: 'one octet more',
          from: 'send(4, ..., 100, 0) = 100',
          to: 'send(4, ..., 101, 0) = 101',
          at: '> P. 101:201',
          says: 'live packet payload: expected 100 bytes vs actual 101 bytes',
        },
        {
          with: 'one octet less',
          from: 'writev(4, [{..., 60}, {..., 0}, {..., 40}], 3) = 100',
          to: 'writev(4, [{..., 60}, {..., 0}, {..., 39}], 3) = 99',
          at: '> P. 301:401',
          says: 'Timed out waiting for packet',
          waits: true,
        },
        {
          with: 'a longer result',
          from: 'write(4, ..., 100) = 100',
          to: 'write(4, ..., 100) = 101',
          at: '= 101',
          says: 'Expected result 101 but got 100',
        },
      ],
    },
    {
      name: 'more than a segment holds: one line stands for all its segments',
      script: `${accepted}
+0 write(4, ..., 2920) = 2920
+0 > P. 1:2921(2920) ack 1
+.01 < . 1:1(0) ack 2921 win 32792
`,
      wall: true,
      twins: [
        {
          with: 'fewer octets than came',
          from: '1:2921(2920)',
          to: '1:2001(2000)',
          at: '1:2001',
          says: 'live packet payload: expected 2000 bytes vs actual 2920 bytes',
        },
      ],
    },
    {
      name: 'twice at once: one line stands for both segments',
      script: `${accepted}
+0 setsockopt(4, SOL_TCP, TCP_NODELAY, [1], 4) = 0
+0 write(4, ..., 100) = 100
+0 write(4, ..., 100) = 100
+0 > P. 1:201(200) ack 1
`,
      twins: [
        {
          with: 'strict segments',
          from: '0 socket',
          to: '--strict_segments\n0 socket',
          at: '> P. 1:201',
          says: 'live packet payload: expected 200 bytes vs actual 100 bytes',
        },
        {
          with: 'a third one missing',
          from: '1:201(200)',
          to: '1:301(300)',
          at: '1:301',
          says: 'Timed out waiting for packet',
          waits: true,
        },
        {
          with: 'segments of other lengths',
          from: '4, ..., 100) = 100\n+0 > P. 1:201(200)',
          to: '4, ..., 50) = 50\n+0 > P. 1:201(200)',
          at: '> P. 1:201',
          says: 'fragment payload: expected 100 bytes vs actual 50 bytes; total payload: expected 200 bytes vs actual 150 bytes',
        },
      ],
    },
    {
      name: 'with --strict_segments each segment has its line',
      script: `--strict_segments
${accepted.trimStart()}
+0 setsockopt(4, SOL_TCP, TCP_NODELAY, [1], 4) = 0
+0 write(4, ..., 100) = 100
+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1
+0 > P. 101:201(100) ack 1
`,
    },
    {
      name: 'from no buffer is EFAULT, and nothing is sent',
      script: `${accepted}
+0 write(4, NULL, 100) = -1 EFAULT (Bad address)
+0 send(4, NULL, 100, 0) = -1 EFAULT (Bad address)
+0 write(4, NULL, 0) = 0
+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1
`,
      twins: [
        {
          with: 'a buffer',
          from: 'write(4, NULL, 100)',
          to: 'write(4, ..., 100)',
          at: 'write(4, ..., 100) = -1',
          says: 'Expected result -1 but got 100',
        },
      ],
    },
    {
      name: 'beyond the receive window waits for a larger one',
      script: `${accepted.replace('ack 1 win 32792', 'ack 1 win 200')}
+0 setsockopt(4, SOL_TCP, TCP_NODELAY, [1], 4) = 0
+0 write(4, ..., 200) = 200
+0 write(4, ..., 200) = 200
+0 > P. 1:201(200) ack 1
+.05 < . 1:1(0) ack 201 win 200
+0 > P. 201:401(200) ack 1
`,
      twins: [
        {
          with: 'no window at all',
          from: 'ack 201 win 200',
          to: 'ack 201 win 0',
          at: '> P. 201',
          says: 'Timed out waiting for packet',
          waits: true,
        },
      ],
    },
    {
      name: 'on a listener is EPIPE or ENOTCONN, as the direction is',
      script: `
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 write(3, ..., 100) = -1 EPIPE (Broken pipe)
+0 read(3, ..., 100) = -1 ENOTCONN (Transport endpoint is not connected)
`,
    },
    {
      name: 'MSG_OOB sends and receives an urgent octet',
      needs: 'urgent data',
      script: `${accepted}
+0 send(4, ..., 100, MSG_OOB) = 100
+0 > PU. 1:101(100) ack 1 urg 100
+.01 < PU. 1:101(100) ack 101 win 32792 urg 100
+0 recv(4, ..., 1, MSG_OOB) = 1
+0 read(4, ..., 1000) = 99
`,
    },
  ],

  segments: [
    {
      name: 'old data are acknowledged at once, and not read again',
      script: `${accepted}
+.01 < P. 1:101(100) ack 1 win 32792
+0~+.5 > . 1:1(0) ack 101
+.01 < P. 1:101(100) ack 1 win 32792
+0 > . 1:1(0) ack 101 // again
+0 read(4, ..., 1000) = 100
+0 recv(4, ..., 1000, MSG_DONTWAIT) = -1 EAGAIN (Resource temporarily unavailable)
`,
      wall: true,
      twins: [
        {
          with: 'new data',
          from: '+.01 < P. 1:101(100) ack 1 win 32792\n+0 >',
          to: '+.01 < P. 101:201(100) ack 1 win 32792\n+0~+.5 >',
          at: '// again',
          says: 'tcp_ack_seq: expected: 101 (0x65) vs actual: 201',
        },
      ],
    },
    {
      name: 'of a segment that overlaps, only what is new',
      script: `${accepted}
+.01 < P. 1:101(100) ack 1 win 32792
+0~+.5 > . 1:1(0) ack 101
+.01 < P. 51:151(100) ack 1 win 32792
+0~+.5 > . 1:1(0) ack 151
+0 read(4, ..., 1000) = 150
`,
    },
    {
      name: 'a gap: the same number is acknowledged until it is filled, then all',
      script: `${accepted}
+.01 < P. 101:201(100) ack 1 win 32792
+0 > . 1:1(0) ack 1
+0 recv(4, ..., 1000, MSG_DONTWAIT) = -1 EAGAIN (Resource temporarily unavailable)
+.01 < P. 1:101(100) ack 1 win 32792
+0~+.5 > . 1:1(0) ack 201
+0 read(4, ..., 1000) = 200
`,
      wall: true,
      twins: [
        {
          with: 'the gap acknowledged',
          from: '> . 1:1(0) ack 1\n',
          to: '> . 1:1(0) ack 201\n',
          at: 'ack 201',
          says: 'tcp_ack_seq: expected: 201 (0xc9) vs actual: 1 (0x1)',
        },
      ],
    },
    {
      name: 'one beyond the window is answered by an ACK, and dropped',
      script: `${accepted}
+.01 < P. 200001:200101(100) ack 1 win 32792
+0 > . 1:1(0) ack 1
+0 recv(4, ..., 1000, MSG_DONTWAIT) = -1 EAGAIN (Resource temporarily unavailable)
`,
      twins: [
        {
          with: 'one within',
          from: '200001:200101',
          to: '1:101',
          at: '> . 1:1(0) ack 1',
          says: 'tcp_ack_seq: expected: 1 (0x1) vs actual: 101',
        },
      ],
    },
    {
      name: 'one that acknowledges what was never sent is answered by an ACK, and dropped',
      needs: 'a look at ACK',
      script: `${accepted}
+.01 < P. 1:101(100) ack 5001 win 32792
+0 > . 1:1(0) ack 1
+0 recv(4, ..., 1000, MSG_DONTWAIT) = -1 EAGAIN (Resource temporarily unavailable)
`,
    },
    {
      name: 'one without ACK is dropped',
      needs: 'a look at ACK',
      script: `${accepted}
+.01 < P 1:101(100) win 32792
+0 recv(4, ..., 1000, MSG_DONTWAIT) = -1 EAGAIN (Resource temporarily unavailable)
`,
    },
    {
      name: 'ports that the line writes are its own: another port is another connection',
      script: `${accepted}
+.01 < 4444 > 8080 P. 1:101(100) ack 1 win 32792
+0 recv(4, ..., 1000, MSG_DONTWAIT) = -1 EAGAIN (Resource temporarily unavailable)
+.01 < P. 1:101(100) ack 1 win 32792
+0~+.5 > . 1:1(0) ack 101
`,
    },
    {
      name: 'ECE and CWR of a SYN are answered by ECE',
      needs: 'ECN',
      script: `
0 \`sysctl -q net.ipv4.tcp_ecn=2\`
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < SEW 0:0(0) win 32792 <mss 1460>
+0 > SE. 0:0(0) ack 1 <...>
`,
      twins: [
        { with: 'neither', from: '< SEW', to: '< S', at: '> SE.', says: 'tcp_ece: expected: 1 (0x1) vs actual: 0' },
      ],
    },
    {
      name: 'fields that are written are compared: an urgent pointer of 0 is none of 5',
      script: `${accepted}
+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1 urg 0
`,
      twins: [
        {
          with: 'a pointer',
          from: 'urg 0',
          to: 'urg 5',
          at: 'urg 5',
          says: 'tcp_urg_ptr: expected: 5 (0x5) vs actual: 0',
        },
        {
          with: 'the flag',
          from: '> P. 1:101(100) ack 1 urg 0',
          to: '> PU. 1:101(100) ack 1',
          at: '> PU.',
          says: 'tcp_urg: expected: 1 (0x1) vs actual: 0',
        },
        {
          with: 'ECE',
          from: '> P. 1:101(100) ack 1 urg 0',
          to: '> PE. 1:101(100) ack 1',
          at: '> PE.',
          says: 'tcp_ece: expected: 1 (0x1) vs actual: 0',
        },
        {
          with: 'a window',
          from: 'ack 1 urg 0',
          to: 'ack 1 win 7',
          at: 'win 7',
          says: 'tcp_window: expected: 7 (0x7) vs actual:',
        },
        {
          with: 'another number',
          from: '1:101(100)',
          to: '2:102(100)',
          at: '2:102',
          says: 'tcp_seq: expected: 2 (0x2) vs actual: 1 (0x1)',
        },
        {
          with: 'options',
          from: 'ack 1 urg 0',
          to: 'ack 1 <nop,nop,nop,nop>',
          at: 'nop,nop',
          says: 'ipv4_total_length: expected: 144',
        },
      ],
    },
  ],
})
