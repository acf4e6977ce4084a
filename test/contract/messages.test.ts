// sendmsg(2) and recvmsg(2), with and without control messages, and ioctl(2)'s FIONREAD.
import { accepted, contract, listening } from '../support/contract.js'

const message = (parts: string, rest = 'msg_flags=0') =>
  `{msg_name(...)=..., msg_iov(${parts.split('},').length})=[${parts}], ${rest}}`

const datagrams = `
0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3
+0 bind(3, ..., ...) = 0
+0 connect(3, ..., ...) = 0
+0 setsockopt(3, SOL_IP, IP_TTL, [77], 4) = 0
+0 write(3, ..., 1) = 1
+0 > udp (1)`

contract({
  'sendmsg()': [
    {
      name: 'sends all parts as one',
      script: `${accepted}
+0 sendmsg(4, ${message('{..., 100}, {..., 0}, {..., 200}')}, 0) = 300
+0 > P. 1:301(300) ack 1
`,
      wall: true,
      twins: [
        {
          with: 'another count',
          from: '0) = 300',
          to: '0) = 299',
          at: 'sendmsg',
          says: 'Expected result 299 but got 300',
        },
        {
          with: 'flags that go the other way only',
          from: 'msg_flags=0',
          to: 'msg_flags=MSG_EOR',
          at: 'sendmsg',
          says: 'sendmsg ignores msg_flags field in msghdr',
        },
        {
          with: 'a number of parts that is not theirs',
          from: 'msg_iov(3)',
          to: 'msg_iov(2)',
          at: 'sendmsg',
          says: 'msg_iovlen 2 does not match 3-element iovec array',
        },
      ],
    },
    {
      name: 'on a listener is refused',
      script: `${listening}
+0 sendmsg(3, ${message('{..., 10}')}, MSG_DONTWAIT|MSG_NOSIGNAL) = -1 EPIPE (Broken pipe)
`,
    },
    {
      name: 'carries control messages',
      script: `${accepted}
+0 sendmsg(4, ${message('{..., 100}', 'msg_flags=0, msg_control=[{cmsg_level=SOL_IP, cmsg_type=IP_TOS, cmsg_data=4}]')}, 0) = 100
+0 > P. 1:101(100) ack 1
`,
    },
    {
      name: 'of a datagram says how it is to travel',
      script: `${datagrams}
+0 sendmsg(3, ${message('{..., 60}, {..., 40}', 'msg_flags=0, msg_control=[{cmsg_level=SOL_IP, cmsg_type=IP_TOS, cmsg_data=8}, {cmsg_level=SOL_IP, cmsg_type=IP_TTL, cmsg_data=5}]')}, 0) = 100
+0 > [ttl 5] udp (100)
+0 sendmsg(3, ${message('{..., 10}', 'msg_flags=0, msg_control=[{cmsg_level=SOL_IP, cmsg_type=IP_TOS, cmsg_data=8}]')}, 0) = 10
+0 > [tos 0x8] udp (10)
+0 sendmsg(3, ${message('{..., 10}')}, 0) = 10
+0 > [ttl 77] udp (10)
+0 sendmsg(3, ${message('{..., 10}', 'msg_flags=0, msg_control=[{cmsg_level=SOL_IP, cmsg_type=IP_TTL, cmsg_data=0}]')}, 0) = -1 EINVAL (Invalid argument)
+0 sendmsg(3, ${message('{..., 10}', 'msg_flags=0, msg_control=[{cmsg_level=SOL_IP, cmsg_type=99, cmsg_data=0}]')}, 0) = -1 EINVAL (Invalid argument)
`,
    },
  ],
  'recvmsg()': [
    {
      name: 'fills the parts, and sleeps until there is something',
      script: `${accepted}
+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 recvmsg(4, ${message('{..., 10}')}, 0) = -1 EAGAIN (Resource temporarily unavailable)
+0 fcntl(4, F_SETFL, O_RDWR) = 0
+0...0.05 recvmsg(4, ${message('{..., 60}, {..., 100}')}, 0) = 100
+.05 < P. 1:101(100) ack 1 win 32792
`,
      wall: true,
      twins: [
        {
          with: 'flags that do not come',
          from: '{..., 100}], msg_flags=0',
          to: '{..., 100}], msg_flags=MSG_TRUNC',
          at: '0.05',
          says: 'Expected msg_flags 0x00000020 but got 0x00000000',
        },
      ],
    },
    {
      name: 'that fails leaves flags as they were put in',
      script: `${accepted}
+0 recvmsg(4, ${message('{..., 10}', 'msg_flags=MSG_EOR')}, MSG_DONTWAIT) = -1 EAGAIN (Resource temporarily unavailable)
`,
    },
    {
      name: 'peeks',
      script: `${accepted}
+.01 < P. 1:101(100) ack 1 win 32792
+0 recvmsg(4, ${message('{..., 10}')}, MSG_PEEK) = 10
+0 recvmsg(4, ${message('{..., 1000}')}, 0) = 100
`,
    },
    {
      name: 'of a datagram tells how it has travelled, and what did not fit',
      script: `${datagrams}
+0 setsockopt(3, SOL_IP, 12, [1], 4) = 0 // IP_RECVTTL
+.01 < [ttl 9] udp (100)
+0 recvmsg(3, ${message('{..., 30}, {..., 20}', 'msg_flags=MSG_TRUNC, msg_control=[{cmsg_level=SOL_IP, cmsg_type=IP_TTL, cmsg_data=9}]')}, 0) = 50
+.01 < [ttl 9] udp (100)
+0 recvmsg(3, ${message('{..., 200}', 'msg_flags=MSG_CTRUNC')}, 0) = 100
+.01 < udp (100)
+0 recvmsg(3, ${message('{..., 30}', 'msg_flags=MSG_TRUNC|MSG_CTRUNC')}, MSG_TRUNC) = 100
`,
    },
    {
      name: 'finds an empty error queue, and leaves what was put in',
      needs: 'an error queue',
      script: `${accepted}
+0 recvmsg(4, ${message(
        '{..., 0}',
        'msg_flags=MSG_EOR, msg_control=[{cmsg_level=SOL_TCP, cmsg_type=TCP_CM_INQ, cmsg_data=70}]',
      )}, MSG_ERRQUEUE) = -1 EAGAIN (Resource temporarily unavailable)
`,
    },
    {
      name: 'says in a control message how much is left',
      script: `${accepted}
+0 setsockopt(4, SOL_TCP, TCP_INQ, [1], 4) = 0
+.01 < P. 1:101(100) ack 1 win 32792
+0 recvmsg(4, ${message('{..., 30}', 'msg_flags=0, msg_control=[{cmsg_level=SOL_TCP, cmsg_type=TCP_CM_INQ, cmsg_data=70}]')}, 0) = 30
`,
      twins: [
        {
          with: 'another number',
          from: 'cmsg_data=70',
          to: 'cmsg_data=71',
          at: 'recvmsg',
          says: 'Bad data in cmsg 0: expected=G actual=F',
        },
        {
          with: 'no room for it',
          from: 'msg_control=[{cmsg_level=SOL_TCP, cmsg_type=TCP_CM_INQ, cmsg_data=70}]',
          to: 'msg_control=[]',
          at: 'recvmsg',
          says: 'Expected msg_flags 0x00000000 but got 0x00000008',
        },
      ],
    },
    {
      name: 'reads time stamps off the error queue',
      needs: 'SO_TIMESTAMPING',
      script: `${accepted}
+0 setsockopt(4, SOL_SOCKET, SO_TIMESTAMPING, [SOF_TIMESTAMPING_TX_SOFTWARE|SOF_TIMESTAMPING_SOFTWARE|SOF_TIMESTAMPING_OPT_ID], 4) = 0
+.1 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1
+0 recvmsg(4, ${message(
        '{..., 0}',
        `msg_flags=MSG_ERRQUEUE|MSG_TRUNC, msg_control=[
  {cmsg_level=SOL_SOCKET, cmsg_type=SCM_TIMESTAMPING, cmsg_data={scm_sec=0, scm_nsec=110000000}},
  {cmsg_level=SOL_IP, cmsg_type=IP_RECVERR, cmsg_data={ee_errno=ENOMSG, ee_origin=SO_EE_ORIGIN_TIMESTAMPING,
    ee_type=0, ee_code=0, ee_info=SCM_TSTAMP_SND, ee_data=99}}]`,
      )}, MSG_ERRQUEUE) = 0
`,
      twins: [
        {
          with: 'a stamp of another time',
          from: 'scm_sec=0',
          to: 'scm_sec=1',
          at: 'recvmsg',
          says: 'Bad timestamp 0 in scm_timestamping 0: expected=',
        },
        {
          with: 'another error',
          from: 'ee_errno=ENOMSG',
          to: 'ee_errno=EPERM',
          at: 'recvmsg',
          says: 'Bad errno in extended err 1: expected=1 actual=42',
        },
      ],
    },
  ],
  'ioctl()': [
    {
      name: 'says how much is unread',
      script: `${accepted}
+0 ioctl(4, FIONREAD, [0]) = 0
+.01 < P. 1:101(100) ack 1 win 32792
+0 ioctl(4, SIOCINQ, [100]) = 0
+0 read(4, ..., 40) = 40
+0 ioctl(4, SIOCINQ, [60]) = 0
+0 ioctl(3, SIOCINQ, [0]) = -1 EINVAL (Invalid argument)
`,
      wall: true,
      twins: [
        {
          with: 'another number',
          from: '[60]',
          to: '[61]',
          at: '[61]',
          says: 'Bad ioctl optval: expected: 61 actual: 60',
        },
      ],
    },
    {
      name: 'says how much is under way, and how much of it was never sent',
      script: `${accepted}
+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1
+0 ioctl(4, 0x5411, [100]) = 0 // SIOCOUTQ
+0 ioctl(4, 0x894b, [0]) = 0 // SIOCOUTQNSD
+.01 < . 1:1(0) ack 101 win 32792
+0 ioctl(4, 0x5411, [0]) = 0
+0 ioctl(3, 0x5411, [0]) = -1 EINVAL (Invalid argument)
+0 ioctl(3, 0x894b, [0]) = -1 EINVAL (Invalid argument)
`,
    },
    {
      name: 'of a datagram socket says how long the next one is',
      script: `0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3
+0 bind(3, ..., ...) = 0
+0 connect(3, ..., ...) = 0
+0 write(3, ..., 1) = 1
+0 > udp (1)
+0 ioctl(3, FIONREAD, [0]) = 0
+.01 < udp (50)
+0 < udp (70)
+0 ioctl(3, FIONREAD, [50]) = 0
+0 read(3, ..., 10) = 10
+0 ioctl(3, FIONREAD, [70]) = 0
+0 ioctl(3, 0x894b, [0]) = -1 ENOTTY (No ioctl)
`,
    },
    {
      name: 'switches flags, and refuses what is none of its requests',
      script: `${accepted}
+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 ioctl(4, 0x5421, [0]) = 0 // FIONBIO
+0 fcntl(4, F_GETFL) = 0x2 (flags O_RDWR)
+0 fcntl(4, F_GETFD) = 0
+0 ioctl(4, 0x5451) = 0 // FIOCLEX
+0 fcntl(4, F_GETFD) = 1 (flags FD_CLOEXEC)
+0 fcntl(4, F_SETFD, 0) = 0
+0 fcntl(4, F_GETFD) = 0
+0 ioctl(4, 0x1234, [0]) = -1 ENOTTY (No ioctl)
+0 socket(..., 0x80001, IPPROTO_TCP) = 5 // SOCK_CLOEXEC
+0 fcntl(5, F_GETFD) = 1 (flags FD_CLOEXEC)
`,
    },
  ],
})
