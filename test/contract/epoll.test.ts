// epoll(7): what is ready, as long as it is, once, or when it becomes so; sets of sets.
import { accepted, contract, handshake, listening, tooEarly } from '../support/contract.js'

const watched = (events: string, data = 'fd=4') => `${accepted}
+0 epoll_create(1) = 5
+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=${events}, ${data}}) = 0`

contract({
  epoll: [
    {
      name: 'tells what is ready for as long as it is',
      script: `${watched('EPOLLIN')}
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
+.01 < P. 1:101(100) ack 1 win 32792
+0 epoll_wait(5, {events=EPOLLIN, fd=4}, 8, 0) = 1
+0 read(4, ..., 50) = 50
+0 epoll_wait(5, {events=EPOLLIN, fd=4}, 8, 0) = 1
+0 read(4, ..., 50) = 50
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
`,
      wall: true,
      twins: [
        {
          with: 'another event',
          from: 'events=EPOLLIN, fd=4}, 8',
          to: 'events=EPOLLOUT, fd=4}, 8',
          at: 'EPOLLOUT',
          says: 'epoll_event->events does not match script: expected: 0x4 actual: 0x1',
        },
        {
          with: 'another member',
          from: 'fd=4}, 8',
          to: 'u64=77}, 8',
          at: 'u64=77',
          says: 'epoll_event->data does not match script: expected: 77 actual: ',
        },
      ],
    },
    {
      name: 'sleeps until something is ready, or its time is over',
      script: `${watched('EPOLLIN', 'u32=7')}
+0...0.05 epoll_wait(5, {events=EPOLLIN, u32=7}, 1, 1000) = 1
+.05 < P. 1:101(100) ack 1 win 32792
+0 read(4, ..., 100) = 100
+0...0.1 epoll_wait(5, {events=0, ptr=0}, 1, 100) = 0
`,
      wall: true,
      twins: [
        {
          with: 'a longer sleep than its time',
          from: '0...0.1 epoll_wait',
          to: '0...0.5 epoll_wait',
          at: '0...0.5',
          says: tooEarly,
        },
      ],
    },
    {
      name: 'a one-shot is told once, until it is armed again',
      script: `${watched('EPOLLOUT|EPOLLONESHOT', 'ptr=0x1234')}
+0 epoll_wait(5, {events=EPOLLOUT, ptr=0x1234}, 1, 0) = 1
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
+0 epoll_ctl(5, EPOLL_CTL_MOD, 4, {events=EPOLLOUT, u64=9}) = 0
+0 epoll_wait(5, {events=EPOLLOUT, u64=9}, 1, 0) = 1
`,
    },
    {
      name: 'a set is changed as the manual says',
      script: `${watched('EPOLLIN')}
+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLIN, fd=4}) = -1 EEXIST (File exists)
+0 epoll_ctl(5, EPOLL_CTL_MOD, 3, {events=EPOLLIN, fd=3}) = -1 ENOENT (No such file)
+0 epoll_ctl(5, EPOLL_CTL_ADD, 5, {events=EPOLLIN, fd=5}) = -1 EINVAL (Invalid argument)
+0 epoll_ctl(4, EPOLL_CTL_ADD, 3, {events=EPOLLIN, fd=3}) = -1 EINVAL (Invalid argument)
+0 epoll_ctl(5, EPOLL_CTL_DEL, 4, {events=0, ptr=0}) = 0
+0 epoll_ctl(5, EPOLL_CTL_DEL, 4, {events=0, ptr=0}) = -1 ENOENT (No such file)
+0 epoll_wait(5, {events=0, ptr=0}, 0, 0) = -1 EINVAL (Invalid argument)
+0 epoll_wait(4, {events=0, ptr=0}, 1, 0) = -1 EINVAL (Invalid argument)
+0 epoll_create(0) = -1 EINVAL (Invalid argument)
`,
    },
    {
      name: 'what is closed is in no set any more',
      script: `${watched('EPOLLOUT')}
+0 poll([{fd=5, events=POLLIN, revents=POLLIN}], 1, 0) = 1
+0 close(4) = 0
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
+0 poll([{fd=5, events=POLLIN, revents=0}], 1, 0) = 0
+0 close(5) = 0
`,
    },
    {
      name: 'of several, those that became ready first come first, and those told go behind them',
      script: `${watched('EPOLLIN', 'u32=4')}
+0 epoll_ctl(5, EPOLL_CTL_ADD, 3, {events=EPOLLIN, u32=3}) = 0
+.01 < P. 1:101(100) ack 1 win 32792
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 9
+0 listen(9, 1) = 0
${handshake}
+0 epoll_wait(5, {events=EPOLLIN, u32=4}, 1, 0) = 1
+0 epoll_wait(5, {events=EPOLLIN, u32=3}, 1, 0) = 1
+0 epoll_wait(5, {events=EPOLLIN, u32=4}, 2, 0) = 2
+0 epoll_wait(5, {events=EPOLLIN, u32=4}, 1, 0) = 1
+0 epoll_wait(5, {events=EPOLLIN, u32=3}, 2, 0) = 2
`,
    },
    {
      name: 'errors and hang-ups are told unasked, but not where a one-shot has fired',
      script: `${watched('EPOLLONESHOT')}
+.01 < R. 1:1(0) ack 1 win 0
+0 epoll_wait(5, {events=EPOLLERR|EPOLLHUP, fd=4}, 1, 0) = 1
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
+0 epoll_ctl(5, EPOLL_CTL_MOD, 4, {events=0, fd=4}) = 0
+0 epoll_wait(5, {events=EPOLLERR|EPOLLHUP, fd=4}, 1, 0) = 1
`,
    },
  ],
  'edges of epoll': [
    {
      name: 'what is ready is told once, and again when more has come',
      script: `${watched('EPOLLIN|EPOLLET')}
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
+.01 < P. 1:101(100) ack 1 win 32792
+0 epoll_wait(5, {events=EPOLLIN, fd=4}, 1, 0) = 1
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0 // told
+.01 < P. 101:201(100) ack 1 win 32792
+0 epoll_wait(5, {events=EPOLLIN, fd=4}, 1, 0) = 1
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
+0 read(4, ..., 10) = 10
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
`,
      wall: true,
      twins: [
        {
          with: 'a level',
          from: 'EPOLLIN|EPOLLET',
          to: 'EPOLLIN',
          at: '// told',
          says: 'Expected result 0 but got 1',
        },
      ],
    },
    {
      name: 'data out of order are none, until the gap is filled',
      script: `${watched('EPOLLIN|EPOLLET')}
+.01 < P. 101:201(100) ack 1 win 32792
+0 > . 1:1(0) ack 1 <...>
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
+.01 < P. 1:101(100) ack 1 win 32792
+0 epoll_wait(5, {events=EPOLLIN, fd=4}, 1, 0) = 1
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
`,
    },
    {
      name: 'one that is read away before anybody asks is none',
      script: `${watched('EPOLLIN|EPOLLET')}
+.01 < P. 1:101(100) ack 1 win 32792
+0 read(4, ..., 1000) = 100
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
`,
    },
    {
      name: 'with data come all bits that hold',
      script: `${watched('EPOLLIN|EPOLLOUT|EPOLLRDHUP|EPOLLET')}
+0 epoll_wait(5, {events=EPOLLOUT, fd=4}, 1, 0) = 1
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
+.01 < P. 1:101(100) ack 1 win 32792
+0 epoll_wait(5, {events=EPOLLIN|EPOLLOUT, fd=4}, 1, 0) = 1
+.01 < F. 101:101(0) ack 1 win 32792
+0 epoll_wait(5, {events=EPOLLIN|EPOLLOUT|EPOLLRDHUP, fd=4}, 1, 0) = 1
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
`,
    },
    {
      name: 'data are none for those who wait for room only, their FIN and shutdown() are',
      script: `${watched('EPOLLOUT|EPOLLET')}
+0 epoll_wait(5, {events=EPOLLOUT, fd=4}, 1, 0) = 1
+.01 < P. 1:101(100) ack 1 win 32792
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
+.01 < F. 101:101(0) ack 1 win 32792
+0 epoll_wait(5, {events=EPOLLOUT, fd=4}, 1, 0) = 1
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
+0 shutdown(4, SHUT_WR) = 0
+0 epoll_wait(5, {events=EPOLLOUT|EPOLLHUP, fd=4}, 1, 0) = 1
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
`,
    },
    {
      name: 'of a listener each connection is one',
      script: `${listening}
+0 epoll_create(1) = 5
+0 epoll_ctl(5, EPOLL_CTL_ADD, 3, {events=EPOLLIN|EPOLLET, u64=0x300000000}) = 0${handshake}
+0 epoll_wait(5, {events=EPOLLIN, u64=0x300000000}, 1, 0) = 1
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 9
+0 listen(9, 1) = 0
${handshake}
+0 epoll_wait(5, {events=EPOLLIN, u64=0x300000000}, 1, 0) = 1
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
`,
    },
    {
      name: 'of a connection that is being made: its end, and that it is made',
      script: `
0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0 epoll_create(1) = 5
+0 epoll_ctl(5, EPOLL_CTL_ADD, 3, {events=EPOLLIN|EPOLLOUT|EPOLLET, fd=3}) = 0
+0 epoll_wait(5, {events=EPOLLOUT|EPOLLHUP, fd=3}, 1, 0) = 1
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
+.01 < S. 0:0(0) ack 1 win 32792 <mss 1460>
+0 > . 1:1(0) ack 1
+0 epoll_wait(5, {events=EPOLLOUT, fd=3}, 1, 0) = 1
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
+.01 < R. 1:1(0) ack 1 win 0
+0 epoll_wait(5, {events=EPOLLIN|EPOLLOUT|EPOLLERR|EPOLLHUP, fd=3}, 1, 0) = 1
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
`,
    },
    {
      name: 'EPOLL_CTL_MOD tells what is ready once more',
      script: `${watched('EPOLLIN|EPOLLET')}
+.01 < P. 1:101(100) ack 1 win 32792
+0 epoll_wait(5, {events=EPOLLIN, fd=4}, 1, 0) = 1
+0 epoll_ctl(5, EPOLL_CTL_MOD, 4, {events=EPOLLIN|EPOLLET, u32=12}) = 0
+0 epoll_wait(5, {events=EPOLLIN, u32=12}, 1, 0) = 1
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
+0 epoll_ctl(5, EPOLL_CTL_MOD, 4, {events=EPOLLOUT|EPOLLET|EPOLLONESHOT, u32=12}) = 0
+0 epoll_wait(5, {events=EPOLLOUT, u32=12}, 1, 0) = 1
+.01 < P. 101:201(100) ack 1 win 32792
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
`,
    },
    {
      name: 'wakes who sleeps',
      script: `${watched('EPOLLIN|EPOLLET')}
+.01 < P. 1:101(100) ack 1 win 32792
+0 epoll_wait(5, {events=EPOLLIN, fd=4}, 1, 0) = 1
+0...0.1 epoll_wait(5, {events=EPOLLIN, fd=4}, 1, -1) = 1
+.1 < P. 101:201(100) ack 1 win 32792
`,
      wall: true,
    },
    {
      name: 'of datagrams each is one',
      script: `0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 4
+0 bind(4, ..., ...) = 0
+0 connect(4, ..., ...) = 0
+0 write(4, ..., 1) = 1
+0 > udp (1)
+0 epoll_create(1) = 5
+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLIN|EPOLLET, fd=4}) = 0
+.01 < udp (100)
+0 epoll_wait(5, {events=EPOLLIN, fd=4}, 1, 0) = 1
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
+.01 < udp (50)
+0 epoll_wait(5, {events=EPOLLIN, fd=4}, 1, 0) = 1
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
`,
    },
  ],
  'sets of sets': [
    {
      name: 'a set is readable while one of its descriptors is ready',
      script: `${watched('EPOLLIN')}
+0 epoll_create(1) = 6
+0 epoll_ctl(6, EPOLL_CTL_ADD, 5, {events=EPOLLIN, fd=5}) = 0
+0 epoll_wait(6, {events=0, ptr=0}, 1, 0) = 0
+.01 < P. 1:101(100) ack 1 win 32792
+0 epoll_wait(6, {events=EPOLLIN, fd=5}, 1, 0) = 1
+0 poll([{fd=6, events=POLLIN|POLLOUT, revents=POLLIN}], 1, 0) = 1
+0 epoll_wait(5, {events=EPOLLIN, fd=4}, 1, 0) = 1
+0 epoll_wait(6, {events=EPOLLIN, fd=5}, 1, 0) = 1
+0 read(4, ..., 100) = 100
+0 epoll_wait(6, {events=0, ptr=0}, 1, 0) = 0
+0...0.1 epoll_wait(6, {events=EPOLLIN, fd=5}, 1, 1000) = 1
+.1 < P. 101:201(100) ack 1 win 32792
+0 close(5) = 0
+0 epoll_wait(6, {events=0, ptr=0}, 1, 0) = 0
`,
      wall: true,
    },
    {
      name: 'what wakes a set is an edge of it',
      script: `${watched('EPOLLIN')}
+0 epoll_create(1) = 6
+0 epoll_ctl(6, EPOLL_CTL_ADD, 5, {events=EPOLLIN|EPOLLET, fd=5}) = 0
+.01 < P. 1:101(100) ack 1 win 32792
+0 epoll_wait(6, {events=EPOLLIN, fd=5}, 1, 0) = 1
+0 epoll_wait(6, {events=0, ptr=0}, 1, 0) = 0
+.01 < P. 101:201(100) ack 1 win 32792
+0 epoll_wait(6, {events=EPOLLIN, fd=5}, 1, 0) = 1
+0 epoll_wait(6, {events=0, ptr=0}, 1, 0) = 0
`,
    },
    {
      name: 'they hold neither themselves nor more than four levels',
      script: `
0 epoll_create(1) = 3
+0 epoll_create(1) = 4
+0 epoll_create(1) = 5
+0 epoll_create(1) = 6
+0 epoll_create(1) = 7
+0 epoll_create(1) = 8
+0 epoll_ctl(3, EPOLL_CTL_ADD, 4, {events=EPOLLIN, fd=4}) = 0
+0 epoll_ctl(4, EPOLL_CTL_ADD, 3, {events=EPOLLIN, fd=3}) = -1 ELOOP (Too many levels of symbolic links)
+0 epoll_ctl(4, EPOLL_CTL_ADD, 5, {events=EPOLLIN, fd=5}) = 0
+0 epoll_ctl(5, EPOLL_CTL_ADD, 3, {events=EPOLLIN, fd=3}) = -1 ELOOP (Too many levels of symbolic links)
+0 epoll_ctl(5, EPOLL_CTL_ADD, 6, {events=EPOLLIN, fd=6}) = 0
+0 epoll_ctl(6, EPOLL_CTL_ADD, 7, {events=EPOLLIN, fd=7}) = 0
+0 epoll_ctl(8, EPOLL_CTL_ADD, 3, {events=EPOLLIN, fd=3}) = -1 ELOOP (Too many levels of symbolic links)
+0 epoll_ctl(8, EPOLL_CTL_ADD, 4, {events=EPOLLIN, fd=4}) = 0
`,
    },
  ],
  EPOLLEXCLUSIVE: [
    {
      name: 'is for EPOLL_CTL_ADD of what is no set, and cannot be changed',
      script: `${watched('EPOLLIN|EPOLLEXCLUSIVE')}
+0 epoll_create(1) = 6
+0 epoll_ctl(5, EPOLL_CTL_ADD, 6, {events=EPOLLIN|EPOLLEXCLUSIVE, fd=6}) = -1 EINVAL (Invalid argument)
+0 epoll_ctl(5, EPOLL_CTL_MOD, 4, {events=EPOLLIN|EPOLLEXCLUSIVE, fd=4}) = -1 EINVAL (Invalid argument)
+0 epoll_ctl(5, EPOLL_CTL_MOD, 4, {events=EPOLLIN, fd=4}) = -1 EINVAL (Invalid argument)
+0 epoll_ctl(6, EPOLL_CTL_ADD, 4, {events=EPOLLIN|EPOLLRDHUP|EPOLLEXCLUSIVE, fd=4}) = -1 EINVAL (Invalid argument)
+0 epoll_ctl(6, EPOLL_CTL_ADD, 4, {events=EPOLLIN|EPOLLEXCLUSIVE|EPOLLET, fd=4}) = 0
+.01 < P. 1:101(100) ack 1 win 32792
+0 epoll_wait(5, {events=EPOLLIN, fd=4}, 1, 0) = 1
+0 epoll_wait(5, {events=EPOLLIN, fd=4}, 1, 0) = 1
+0 epoll_wait(6, {events=EPOLLIN, fd=4}, 1, 0) = 1
+0 epoll_wait(6, {events=0, ptr=0}, 1, 0) = 0
+0 epoll_ctl(5, EPOLL_CTL_DEL, 4, {events=0, ptr=0}) = 0
+0 epoll_ctl(5, 7, 4, {events=0, ptr=0}) = -1 EINVAL (Invalid argument)
`,
    },
  ],
})
