// Files and pipes, and what moves between them and sockets: open(2), pipe(2), splice(2), sendfile(2).
import { accepted, contract, listening } from '../support/contract.js'

/** A connection, and a pipe from 11 to 10. */
const piped = `${accepted}
+0 pipe([10, 11]) = 0`

contract({
  'files and pipes': [
    {
      name: 'carry octets to a connection',
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
    {
      name: 'are read and written as far as they go',
      script: `
0 pipe([10, 11]) = 0
+0 fcntl(10, F_GETFL) = 0
+0 fcntl(11, F_GETFL) = 1 (flags O_WRONLY)
+0 fcntl(10, F_SETFL, O_NONBLOCK) = 0
+0 fcntl(10, F_GETFL) = 0x800 (flags O_NONBLOCK)
+0 read(10, ..., 100) = -1 EAGAIN (Resource temporarily unavailable)
+0 writev(11, [{..., 100}, {..., 50}], 2) = 150
+0 ioctl(10, FIONREAD, [150]) = 0
+0 readv(10, [{..., 100}, {..., 30}], 2) = 130
+0 read(10, ..., 100) = 20
+0 write(10, ..., 1) = -1 EBADF (Bad file descriptor)
+0 read(11, ..., 1) = -1 EBADF (Bad file descriptor)
+0 close(11) = 0
+0 read(10, ..., 100) = 0
+0 close(10) = 0
`,
      wall: true,
      twins: [
        {
          with: 'another count',
          from: '[150]',
          to: '[151]',
          at: '[151]',
          says: 'Bad ioctl optval: expected: 151 actual: 150',
        },
      ],
    },
    {
      name: 'nobody reads is EPIPE',
      script: `
0 pipe([10, 11]) = 0
+0 poll([{fd=10, events=POLLIN, revents=0}, {fd=11, events=POLLOUT, revents=POLLOUT}], 2, 0) = 1
+0 close(10) = 0
+0 poll([{fd=11, events=POLLOUT, revents=POLLOUT|POLLERR}], 1, 0) = 1
+0 write(11, ..., 1) = -1 EPIPE (Broken pipe)
`,
    },
    {
      name: 'a full pipe takes no more',
      script: `
0 pipe([10, 11]) = 0
+0 fcntl(11, F_SETFL, O_WRONLY|O_NONBLOCK) = 0
+0 write(11, ..., 70000) = 65536
+0 write(11, ..., 1) = -1 EAGAIN (Resource temporarily unavailable)
+0 poll([{fd=11, events=POLLOUT, revents=0}], 1, 0) = 0
+0 read(10, ..., 4096) = 4096
+0 poll([{fd=11, events=POLLOUT, revents=POLLOUT}], 1, 0) = 1
`,
    },
    {
      name: 'wake who waits for them, and have edges',
      script: `
0 pipe([10, 11]) = 0
+0 epoll_create(1) = 5
+0 epoll_ctl(5, EPOLL_CTL_ADD, 10, {events=EPOLLIN|EPOLLET, fd=10}) = 0
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
+0 write(11, ..., 10) = 10
+0 epoll_wait(5, {events=EPOLLIN, fd=10}, 1, 0) = 1
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
+0 write(11, ..., 10) = 10
+0 epoll_wait(5, {events=EPOLLIN, fd=10}, 1, 0) = 1
+0 close(11) = 0
+0 epoll_wait(5, {events=EPOLLIN|EPOLLHUP, fd=10}, 1, 0) = 1
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0
`,
    },
    {
      name: 'a device of zeros is read, and not found in a folder that is none',
      script: `
0 open("/dev/zero", O_RDONLY) = 12
+0 read(12, ..., 1000) = 1000
+0 write(12, ..., 1) = -1 EBADF (Bad file descriptor)
+0 open("/dev/zero/x", O_RDONLY) = -1 ENOTDIR (Not a directory)
+0 open("/nowhere", O_RDONLY) = -1 ENOENT (No such file or directory)
+0 fcntl(12, F_GETFD) = 0
+0 fcntl(12, F_SETFD, FD_CLOEXEC) = 0
+0 fcntl(12, F_GETFD) = 1
+0 epoll_create(1) = 5
+0 epoll_ctl(5, EPOLL_CTL_ADD, 12, {events=EPOLLIN, fd=12}) = -1 EPERM (Operation not permitted)
`,
    },
    {
      name: 'are no sockets, nor are sets of epoll',
      script: `
0 pipe([10, 11]) = 0
+0 epoll_create(1) = 5
+0 recv(10, ..., 10, 0) = -1 ENOTSOCK (Not a socket)
+0 send(11, ..., 10, 0) = -1 ENOTSOCK (Not a socket)
+0 recvfrom(10, ..., 10, 0, ..., ...) = -1 ENOTSOCK (Not a socket)
+0 bind(10, ..., ...) = -1 ENOTSOCK (Not a socket)
+0 shutdown(10, SHUT_RD) = -1 ENOTSOCK (Not a socket)
+0 accept(10, ..., ...) = -1 ENOTSOCK (Not a socket)
+0 setsockopt(10, SOL_SOCKET, SO_KEEPALIVE, [1], 4) = -1 ENOTSOCK (Not a socket)
+0 recvmsg(10, {msg_name(...)=..., msg_iov(1)=[{..., 10}], msg_flags=0}, 0) = -1 ENOTSOCK (Not a socket)
+0 recv(5, ..., 10, 0) = -1 ENOTSOCK (Not a socket)
+0 read(5, ..., 10) = -1 EINVAL (Invalid argument)
+0 write(5, ..., 10) = -1 EINVAL (Invalid argument)
+0 readv(5, [{..., 10}], 1) = -1 EINVAL (Invalid argument)
+0 ioctl(5, FIONREAD) = -1
+0 fcntl(5, F_GETFL) = 2
+0 fcntl(5, F_SETFL, O_NONBLOCK) = 0
+0 fcntl(5, F_GETFL) = 0x802
+0 fcntl(5, F_GETFD) = 0
+0 splice(10, NULL, 5, NULL, 10, 0) = -1 EINVAL (Invalid argument)
`,
    },
  ],
  'splice()': [
    {
      name: 'from a pipe sends what is there',
      script: `${piped}
+0 write(11, ..., 300) = 300
+0 splice(10, NULL, 4, NULL, 1000, 0) = 300
+0 > P. 1:301(300) ack 1
+0 splice(10, NULL, 4, NULL, 1000, SPLICE_F_NONBLOCK) = -1 EAGAIN (Resource temporarily unavailable)
+0 fcntl(10, F_SETFL, O_NONBLOCK) = 0
+0 splice(10, NULL, 4, NULL, 1000, 0) = -1 EAGAIN (Resource temporarily unavailable)
+0 close(11) = 0
+0 splice(10, NULL, 4, NULL, 1000, 0) = 0
`,
      wall: true,
    },
    {
      name: 'to a pipe takes what has come, and what the pipe has no room for stays',
      script: `${piped}
+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 splice(4, NULL, 11, NULL, 1000, 0) = -1 EAGAIN (Resource temporarily unavailable)
+.01 < P. 1:101(100) ack 1 win 32792
+0 splice(4, NULL, 11, NULL, 60, 0) = 60
+0 ioctl(10, FIONREAD, [60]) = 0
+0 ioctl(4, FIONREAD, [40]) = 0
+0 fcntl(11, F_SETFL, O_NONBLOCK) = 0
+0 write(11, ..., 70000) = 61440 // what was spliced has a page of its own
+0 splice(4, NULL, 11, NULL, 60, 0) = -1 EAGAIN (Resource temporarily unavailable)
+0 read(4, ..., 100) = 40
+0 close(10) = 0
+0 splice(4, NULL, 11, NULL, 60, 0) = -1 EPIPE (Broken pipe)
`,
    },
    {
      name: 'the end of the stream is 0, a reset is an error once',
      script: `${piped}
+.01 < F. 1:1(0) ack 1 win 32792
+0 splice(4, NULL, 11, NULL, 1000, 0) = 0
+.01 < R. 2:2(0) ack 1 win 0
+0 write(11, ..., 10) = 10
+0 splice(10, NULL, 4, NULL, 10, 0) = -1 EPIPE (Broken pipe)
`,
    },
    {
      name: 'between two pipes',
      script: `
0 pipe([10, 11]) = 0
+0 pipe([12, 13]) = 0
+0 write(11, ..., 100) = 100
+0 splice(10, NULL, 13, NULL, 60, 0) = 60
+0 read(12, ..., 100) = 60
+0 splice(10, NULL, 11, NULL, 60, 0) = -1 EINVAL (Invalid argument)
`,
    },
    {
      name: 'refuses what it cannot do',
      script: `${piped}
+0 splice(10, NULL, 4, NULL, 0, 0) = 0
+0 splice(10, NULL, 4, NULL, 10, 64) = -1 EINVAL (Invalid argument)
+0 splice(11, NULL, 4, NULL, 10, 0) = -1 EBADF (Bad file descriptor)
+0 splice(4, NULL, 10, NULL, 10, 0) = -1 EBADF (Bad file descriptor)
+0 splice(4, NULL, 3, NULL, 10, 0) = -1 EINVAL (Invalid argument)
+0 splice(10, 8, 4, NULL, 10, 0) = -1 ESPIPE (Illegal seek)
+0 splice(4, NULL, 11, 8, 10, 0) = -1 ESPIPE (Illegal seek)
+0 splice(10, NULL, 4, 8, 10, 0) = -1 EFAULT (Bad address)
+0 splice(3, NULL, 11, NULL, 10, 0) = -1 ENOTCONN (Transport endpoint is not connected)
`,
    },
  ],
  'sendfile()': [
    {
      name: 'sends a file, and waits for room',
      script: `${accepted}
+0 open("/dev/zero", O_RDONLY) = 12
+0 sendfile(4, 12, [0], 1000) = 1000
+0 > P. 1:1001(1000) ack 1
+.01 < . 1:1(0) ack 1001 win 32792
+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 sendfile(4, 12, [7], 0) = 0
+0 sendfile(4, 12, [7], 10) = 10
+0 > P. 1001:1011(10) ack 1
`,
      wall: true,
      twins: [
        {
          with: 'another count',
          from: '1000) = 1000',
          to: '1000) = 999',
          at: '= 999',
          says: 'Expected result 999 but got 1000',
        },
      ],
    },
    {
      name: 'ends where the file does',
      script: `\`head -c 300 /dev/zero > $CONTRACT_DIR/zeros; ln -sfn $CONTRACT_DIR/zeros /tmp/lunadrill-zeros\`
${accepted.trimStart()}
+0 open("/tmp/lunadrill-zeros", O_RDONLY) = 12
+0 sendfile(4, 12, [100], 1000) = 200
+0 > P. 1:201(200) ack 1
+0 sendfile(4, 12, [300], 1000) = 0
+0 read(12, ..., 1000) = 300
+0 \`rm /tmp/lunadrill-zeros\`
`,
    },
    {
      name: 'refuses what it cannot do',
      script: `${accepted}
+0 pipe([10, 11]) = 0
+0 open("/dev/zero", O_RDONLY) = 12
+0 open("/", O_RDONLY) = 13
+0 sendfile(4, 10, [0], 10) = -1 ESPIPE (Illegal seek)
+0 sendfile(4, 11, [0], 10) = -1 EBADF (Bad file descriptor)
+0 sendfile(4, 3, [0], 10) = -1 ESPIPE (Illegal seek)
+0 sendfile(4, 12, [-1], 10) = -1 EINVAL (Invalid argument)
+0 sendfile(12, 12, [0], 10) = -1 EBADF (Bad file descriptor)
+0 sendfile(4, 13, [0], 10) = -1 EINVAL (Invalid argument)
+0 sendfile(11, 12, [0], 100) = 100
+0 ioctl(10, FIONREAD, [100]) = 0
`,
    },
    {
      name: 'on a connection that is over is EPIPE',
      script: `${listening}
+0 open("/dev/zero", O_RDONLY) = 12
+0 sendfile(3, 12, [0], 10) = -1 EPIPE (Broken pipe)
`,
    },
  ],
})
