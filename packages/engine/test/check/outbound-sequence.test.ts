import { expect, it } from 'vitest'
import { client, found, server } from '../support/check.js'

const check = (text: string) => found('outbound-sequence', text)

it('takes what was written, sent again, and the FIN', () => {
  const text = `${server}+0 write(4, ..., 2000) = 2000
+0 > P. 1:2001(2000) ack 1
+.2 > P. 1001:2001(1000) ack 1
+0 close(4) = 0
+0 > F. 2001:2001(0) ack 1
+0 > R. 2002:2002(0) ack 1\n`
  expect(check(text)).toEqual([])
  const open = '+0 sendto(3, ..., 1000, MSG_FASTOPEN, ..., ...) = 1000\n+0 > S 0:1000(1000) <...>\n'
  expect(check(`0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n${open}`)).toEqual([])
})

it('counts what Fast Open may have sent although the call failed', () => {
  const failed = '= -1 EINPROGRESS (Operation now in progress)'
  const message = '{msg_name(...)=..., msg_iov(2)=[{..., 500}, {..., 300}], msg_flags=0}'
  const syn = '+0 > S 0:0(0) <...>\n+0 < S. 0:0(0) ack 1 win 5\n'
  for (const call of ['sendto(3, ..., 800, MSG_FASTOPEN, ..., ...)', `sendmsg(3, ${message}, MSG_FASTOPEN)`]) {
    const text = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 ${call} ${failed}\n${syn}`
    expect(check(`${text}+0 > P. 1:801(800) ack 1\n`)).toEqual([])
    expect(check(`${text}+0 > P. 1:802(801) ack 1\n`)).toMatchObject([{ severity: 'error', line: 5 }])
  }
})

it('refuses octets that nobody wrote', () => {
  expect(check(`${server}+0 write(4, ..., 1000) = 1000\n+0 > P. 1:2001(2000) ack 1\n`)).toMatchObject([
    { severity: 'error', line: 9, column: 9, at: '1:2001(2000)', message: expect.stringContaining('only 1000') },
  ])
  expect(check(`${client}+0 > P. 1:2(1) ack 1\n`)).toMatchObject([{ severity: 'error', line: 6, at: '1:2(1)' }])
})

it('warns of holes and of a FIN that nobody asked for', () => {
  const hole = `${server}+0 write(4, ..., 3000) = 3000\n+0 > . 1:1001(1000) ack 1\n+0 > P. 2001:3001(1000) ack 1\n`
  expect(check(hole)).toMatchObject([{ severity: 'warning', line: 10, at: '2001:3001(1000)' }])
  expect(check(`${server}+0 > F. 1:1(0) ack 1\n`)).toMatchObject([{ severity: 'warning', line: 8, at: '1:1(0)' }])
})
