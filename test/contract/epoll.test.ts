// epoll(7): what is ready, level-triggered and once, on every host; edges where the stack has them.
import { accepted, contract, tooEarly } from '../support/contract.js'

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
      name: 'an edge is told once',
      needs: 'edges of epoll',
      script: `${watched('EPOLLIN|EPOLLET')}
+.01 < P. 1:101(100) ack 1 win 32792
+0 epoll_wait(5, {events=EPOLLIN, fd=4}, 1, 0) = 1
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
`,
    },
  ],
  'files and pipes': [
    {
      name: 'carry octets to a connection',
      needs: 'files and pipes',
      script: `${accepted}
+0 pipe([10, 11]) = 0
+0 write(11, ..., 100) = 100
+0 splice(10, NULL, 4, NULL, 100, 0) = 100
+0 > P. 1:101(100) ack 1
+0 splice(10, 5, 4, NULL, 100, 0) = -1 ESPIPE (Illegal seek)
+0...0.05 splice(4, NULL, 11, NULL, 1000, 0) = 50
+.05 < P. 1:51(50) ack 101 win 32792
+0 read(10, ..., 1000) = 50
+0 open("/dev/zero", O_RDONLY) = 12
+0 sendfile(4, 12, [0], 50) = 50
`,
      twins: [
        {
          with: 'one end used twice',
          from: 'open("/dev/zero", O_RDONLY) = 12',
          to: 'open("/dev/zero", O_RDONLY) = 11',
          at: 'O_RDONLY) = 11',
          says: 'duplicate fd 11 in script',
        },
        {
          with: 'a socket call on a file',
          from: 'sendfile(4, 12, [0], 50) = 50',
          to: 'connect(12, ..., ...) = -1',
          at: 'connect',
          says: 'unable to find socket with script fd 12',
        },
      ],
    },
  ],
})
