import { expect, it } from 'vitest'
import { found, server } from '../support/check.js'

it('knows the symbols of arguments, structures and lists', () => {
  const text = `${server}+0 setsockopt(4, SOL_SOCKET, SO_RCVBUF, [1|MSG_MORE], 4) = 0
+0 poll([{fd=4, events=POLLIN|POLLOUT}], 1, 0) = 1
+0 write(4, ..., 1) = -1 EAGAIN (text)\n`
  expect(found('symbols', text)).toEqual([])
})

it('finds unknown ones wherever they stand', () => {
  const text = `${server}+0 setsockopt(4, SOL_SOKET, SO_RCVBUF, [MSG_MOREE|QQQQQ], 4) = 0
+0 poll([{fd=4, events=POLIN}], 1, 0) = 1
+0 recvmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 1}], msg_flags=0,
  msg_control=[{cmsg_level=SOL_SOCKET, cmsg_type=SCM_TIMESTAMPING_OPT_STATS, cmsg_data=[TCP_NLA_BUZY=1]}]}, 0) = 0\n`
  expect(found('symbols', text)).toMatchObject([
    { severity: 'error', line: 8, column: 18, at: 'SOL_SOKET', hint: 'did you mean SOL_SOCKET?' },
    { at: 'MSG_MOREE', message: 'unknown symbol MSG_MOREE', hint: 'did you mean MSG_MORE?' },
    { at: 'QQQQQ', hint: null },
    { line: 9, at: 'POLIN', hint: 'did you mean POLLIN?' },
    { line: 11, at: 'TCP_NLA_BUZY', hint: 'did you mean TCP_NLA_BUSY?' },
  ])
})

it('finds errnos that do not exist, are none, or stand behind a success', () => {
  const text = `${server}+0 write(4, ..., 1) = -1 EAGIAN (text)
+0 write(4, ..., 1) = -1 SOCK_STREAM (text)
+0 write(4, ..., 1) = 1 EAGAIN (text)\n`
  expect(found('symbols', text)).toMatchObject([
    { severity: 'error', line: 8, column: 26, at: 'EAGIAN', hint: 'did you mean EAGAIN?' },
    { severity: 'warning', line: 9, at: 'SOCK_STREAM' },
    { severity: 'warning', line: 10, at: 'EAGAIN' },
  ])
})

it('sees words after their definitions', () => {
  const text = `${server}+0 setsockopt(4, LEVEL, SO_RCVBUF, [1], 4) = 0\n`
  expect(found('symbols', text)).toMatchObject([{ at: 'LEVEL' }])
  expect(found('symbols', text, [['define', 'LEVEL=SOL_SOCKET']])).toEqual([])
})
