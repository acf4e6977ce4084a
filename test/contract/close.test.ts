// How connections end: closes of either side and of both, half closes, resets, lingering (RFC 9293 3.6, 3.10.4; 5961).
import { accepted, connected, contract, tooLate } from '../support/contract.js'

contract({
  'orderly close': [
    {
      name: 'active close: FIN, its ACK, their FIN, and a further FIN is acknowledged in TIME_WAIT',
      script: `${accepted}
+0 close(4) = 0
+0 > F. 1:1(0) ack 1
+.01 < . 1:1(0) ack 2 win 32792
+.01 < F. 1:1(0) ack 2 win 32792
+0 > . 2:2(0) ack 2
+.01 < F. 1:1(0) ack 2 win 32792
+0 > . 2:2(0) ack 2
`,
      wall: true,
      twins: [
        {
          with: 'a FIN that carries no ACK',
          from: '> F. 1:1(0) ack 1',
          to: '> F 1:1(0)',
          at: '> F 1',
          says: 'tcp_ack: expected: 0',
        },
        {
          with: 'data that nobody wrote',
          from: '> F. 1:1(0) ack 1',
          to: '> FP. 1:101(100) ack 1',
          at: '> FP.',
          says: 'Timed out waiting for packet',
          waits: true,
        },
      ],
    },
    {
      name: 'active close: their FIN comes with the ACK of ours',
      script: `${accepted}
+0 close(4) = 0
+0 > F. 1:1(0) ack 1
+.01 < F. 1:1(0) ack 2 win 32792
+0 > . 2:2(0) ack 2
`,
    },
    {
      name: 'passive close: their FIN, end of the stream, our FIN, and its ACK ends it',
      script: `${accepted}
+.01 < F. 1:1(0) ack 1 win 32792
+0~+.5 > . 1:1(0) ack 2
+0 read(4, ..., 1000) = 0
+0 read(4, ..., 1000) = 0
+0 close(4) = 0
+0 > F. 1:1(0) ack 2
+.01 < . 2:2(0) ack 2 win 32792
`,
      wall: true,
      twins: [
        {
          with: 'an error for the end of the stream',
          from: 'read(4, ..., 1000) = 0',
          to: 'read(4, ..., 1000) = -1',
          at: '1000) = -1',
          says: 'Expected result -1 but got 0',
        },
        {
          with: 'a FIN that does not count',
          from: 'F. 1:1(0) ack 2',
          to: 'F. 1:1(0) ack 1',
          at: '> F. 1:1(0) ack 1',
          says: 'tcp_ack_seq: expected: 1 (0x1) vs actual: 2',
        },
      ],
    },
    {
      name: 'passive close: nothing of the connection is left behind LAST_ACK',
      needs: 'resets without ACK',
      script: `${accepted}
+.01 < F. 1:1(0) ack 1 win 32792
+0~+.5 > . 1:1(0) ack 2
+0 close(4) = 0
+0 > F. 1:1(0) ack 2
+.01 < . 2:2(0) ack 2 win 32792
+.01 < . 2:2(0) ack 2 win 32792
+0 > R 2:2(0)
`,
    },
    {
      name: 'simultaneous close: the FINs cross',
      script: `${accepted}
+0 close(4) = 0
+0 > F. 1:1(0) ack 1
+.01 < F. 1:1(0) ack 1 win 32792
+0 > . 2:2(0) ack 2
+.01 < . 2:2(0) ack 2 win 32792
`,
      wall: true,
      twins: [
        {
          with: 'their FIN not acknowledged',
          from: '> . 2:2(0) ack 2',
          to: '> . 2:2(0) ack 1',
          at: '> . 2:2(0) ack 1',
          says: 'tcp_ack_seq: expected: 1',
        },
      ],
    },
    {
      name: 'data and FIN in one segment: both count, and are read one after the other',
      script: `${accepted}
+.01 < FP. 1:101(100) ack 1 win 32792
+0~+.5 > . 1:1(0) ack 102
+0 read(4, ..., 1000) = 100
+0 read(4, ..., 1000) = 0
`,
      twins: [
        {
          with: 'a FIN that does not count',
          from: 'ack 102',
          to: 'ack 101',
          at: 'ack 101',
          says: 'tcp_ack_seq: expected: 101 (0x65) vs actual: 102',
        },
      ],
    },
    {
      name: 'data that were written before close() go before the FIN',
      script: `${accepted}
+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1
+0 close(4) = 0
+0 > F. 101:101(0) ack 1
+.01 < . 1:1(0) ack 102 win 32792
`,
    },
    {
      name: 'the end of an active open, by the other side first',
      script: `${connected}
+.01 < F. 1:1(0) ack 1 win 32792
+0~+.5 > . 1:1(0) ack 2
+0 read(3, ..., 1000) = 0
+0 close(3) = 0
+0 > F. 1:1(0) ack 2
+.01 < . 2:2(0) ack 2 win 32792
`,
    },
    {
      name: 'a FIN that comes again is acknowledged again',
      script: `${accepted}
+.01 < F. 1:1(0) ack 1 win 32792
+0~+.5 > . 1:1(0) ack 2
+.01 < F. 1:1(0) ack 1 win 32792
+0 > . 1:1(0) ack 2
`,
    },
    {
      name: 'data after close() are reset',
      needs: 'resets without ACK',
      script: `${accepted}
+0 close(4) = 0
+0 > F. 1:1(0) ack 1
+.01 < . 1:1(0) ack 2 win 32792
+.01 < P. 1:101(100) ack 2 win 32792
+0 > R 2:2(0)
`,
    },
  ],

  'half close': [
    {
      name: 'after shutdown(SHUT_WR) the other direction goes on',
      script: `${accepted}
+0 shutdown(4, SHUT_WR) = 0
+0 > F. 1:1(0) ack 1
+.01 < . 1:1(0) ack 2 win 32792
+0 write(4, ..., 100) = -1 EPIPE (Broken pipe)
+.01 < P. 1:101(100) ack 2 win 32792
+0~+.5 > . 2:2(0) ack 101
+0 read(4, ..., 1000) = 100
+.01 < F. 101:101(0) ack 2 win 32792
+0~+.5 > . 2:2(0) ack 102
+0 read(4, ..., 1000) = 0
+0 close(4) = 0
`,
      wall: true,
      twins: [
        {
          with: 'a write that works',
          from: '= -1 EPIPE (Broken pipe)',
          to: '= 100',
          at: 'write(4',
          says: 'Expected result 100 but got -1 with errno 32 (Broken pipe)',
        },
        {
          with: 'data that are not there',
          from: 'read(4, ..., 1000) = 100',
          to: 'read(4, ..., 1000) = 101',
          at: '= 101',
          says: 'Expected result 101 but got 100',
        },
      ],
    },
    {
      name: 'after their FIN we may still send',
      script: `${accepted}
+.01 < F. 1:1(0) ack 1 win 32792
+0~+.5 > . 1:1(0) ack 2
+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 2
+.01 < . 2:2(0) ack 101 win 32792
+0 close(4) = 0
+0 > F. 101:101(0) ack 2
`,
    },
    {
      name: 'shutdown(SHUT_RD) ends reading alone',
      script: `${accepted}
+0 shutdown(4, SHUT_RD) = 0
+0 read(4, ..., 1000) = 0
+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1
`,
    },
    {
      name: 'shutdown() may be called twice, but not of another kind',
      script: `${accepted}
+0 shutdown(4, SHUT_WR) = 0
+0 shutdown(4, SHUT_WR) = 0
+0 shutdown(4, 3) = -1 EINVAL (Invalid argument)
`,
    },
  ],

  reset: [
    {
      name: 'read() is told ECONNRESET once, then the end; write() EPIPE',
      script: `${accepted}
+.01 < R. 1:1(0) ack 1 win 0
+0 read(4, ..., 1000) = -1 ECONNRESET (Connection reset by peer)
+0 read(4, ..., 1000) = 0
+0 write(4, ..., 100) = -1 EPIPE (Broken pipe)
`,
      wall: true,
      twins: [
        {
          with: 'another errno',
          from: 'ECONNRESET',
          to: 'ECONNREFUSED',
          at: 'ECONNREFUSED',
          says: 'Expected errno 111 (Connection refused) but got 104 (Connection reset by peer)',
        },
        {
          with: 'the error told twice',
          from: 'read(4, ..., 1000) = 0',
          to: 'read(4, ..., 1000) = -1 // again',
          at: '// again',
          says: 'Expected result -1 but got 0',
        },
      ],
    },
    {
      name: 'write() is told ECONNRESET where it comes first',
      script: `${accepted}
+.01 < R 1:1(0) win 0
+0 write(4, ..., 100) = -1 ECONNRESET (Connection reset by peer)
+0 write(4, ..., 100) = -1 EPIPE (Broken pipe)
+0 read(4, ..., 1000) = 0
`,
    },
    {
      name: 'SO_ERROR takes it',
      script: `${accepted}
+.01 < R. 1:1(0) ack 1 win 0
+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [ECONNRESET], [4]) = 0
+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [0], [4]) = 0
+0 read(4, ..., 1000) = 0
`,
    },
    {
      name: 'after their FIN it is EPIPE',
      script: `${accepted}
+.01 < F. 1:1(0) ack 1 win 32792
+0~+.5 > . 1:1(0) ack 2
+.01 < R. 2:2(0) ack 1 win 0
+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [EPIPE], [4]) = 0
`,
    },
    {
      name: 'data that came before it are read first',
      script: `${accepted}
+.01 < P. 1:101(100) ack 1 win 32792
+0~+.5 > . 1:1(0) ack 101
+.01 < R. 101:101(0) ack 1 win 0
+0 read(4, ..., 1000) = 100
+0 read(4, ..., 1000) = -1 ECONNRESET (Connection reset by peer)
`,
    },
    {
      name: 'one of another number in the window is only asked about',
      script: `${accepted}
+.01 < R. 101:101(0) ack 1 win 0
+0 > . 1:1(0) ack 1
+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1
`,
    },
    {
      name: 'a SYN on a connection is only asked about',
      script: `${accepted}
+.01 < S 1:1(0) win 32792 <mss 1460>
+0 > . 1:1(0) ack 1
+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1
`,
    },
    {
      name: 'close() with unread data resets',
      script: `${accepted}
+.01 < P. 1:101(100) ack 1 win 32792
+0~+.5 > . 1:1(0) ack 101
+0 close(4) = 0
+0 > R. 1:1(0) ack 101
`,
      wall: true,
      twins: [
        {
          with: 'the data read before',
          from: '+0 close(4)',
          to: '+0 read(4, ..., 100) = 100\n+0 close(4)',
          at: '> R.',
          says: 'tcp_fin: expected: 0 (0x0) vs actual: 1',
        },
      ],
    },
    {
      name: 'close() with a linger time of 0 resets',
      script: `${accepted}
+0 setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0
+0 close(4) = 0
+0 > R. 1:1(0) ack 1
`,
      wall: true,
      twins: [
        {
          with: 'lingering off',
          from: 'onoff=1',
          to: 'onoff=0',
          at: '> R.',
          says: 'tcp_fin: expected: 0 (0x0) vs actual: 1',
        },
      ],
    },
    {
      name: 'close() with a linger time waits for the ACK of the FIN',
      script: `${accepted}
+0 setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=5}, 8) = 0
+0...0.2 close(4) = 0
+0 > F. 1:1(0) ack 1
+.2 < . 1:1(0) ack 2 win 32792
`,
      twins: [{ with: 'no wait', from: '+0...0.2', to: '+0...0', at: 'close(4)', says: tooLate }],
    },
    {
      name: 'close() with a linger time waits no longer than that, blocking or not',
      script: `${accepted}
+0 setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=1}, 8) = 0
+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0...1.01 close(4) = 0
1.2 < . 1:1(0) ack 2 win 32792
`,
      twins: [{ with: 'no wait', from: '+0...1.01', to: '+0...0', at: 'close(4)', says: tooLate }],
    },
  ],
})
