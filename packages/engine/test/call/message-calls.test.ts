import { describe, expect, it } from 'vitest'
import { context, verdict, written } from '../support/calls.js'
import { returned } from '../support/playbook.js'

const CONNECT = [2, 0, 0x23, 0x82, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0]
const words = (...numbers: number[]) => [...new Uint8Array(Int32Array.from(numbers).buffer)]
const message = (parts: string, rest = 'msg_flags=0') =>
  `{msg_name(...)=..., msg_iov(${parts.split('},').length})=[${parts}], ${rest}}`
/** IP_TOS 4: 20 octets, padded to 24. */
const TOS = '{cmsg_level=SOL_IP, cmsg_type=IP_TOS, cmsg_data=4}'
const TOS_OCTETS = words(20, 0, 0, 1, 4, 0)

describe('a message', () => {
  it.each([
    [
      `sendmsg(3, ${message('{..., 10}, {..., -1}')}, MSG_FASTOPEN) = 10`,
      { op: 'sendmsg', fd: 13, args: [0x2000_0000, 2, 0], data: [...words(10, -1), ...CONNECT] },
    ],
    [
      `sendmsg(3, ${message('{..., 10}', `msg_flags=0, msg_control=[${TOS}]`)}, 0) = 10`,
      { op: 'sendmsg', fd: 13, args: [0, 1, 24], data: [...words(10, 0), ...TOS_OCTETS, ...CONNECT] },
    ],
    [
      `recvmsg(3, ${message('{..., 10}', `msg_flags=MSG_TRUNC, msg_control=[${TOS}]`)}, MSG_ERRQUEUE) = 10`,
      { op: 'recvmsg', fd: 13, args: [0x2000, 1, 24], data: [...words(10, 0), ...TOS_OCTETS] },
    ],
  ])('%s asks the host', (line, record) => {
    expect(written(line)).toEqual(record)
  })

  it.each([
    [`sendmsg(9, 5, "x") = 0`, 'unable to find fd with script fd 9'],
    ['sendmsg(3, 5, "x") = 0', 'Bad type; actual: integer expected: msghdr'],
    [
      `recvmsg(3, {msg_name(...)=..., msg_iov(2)=[{..., 5}], msg_flags=0, msg_control=[5]}, "x") = 0`,
      'msg_iovlen 2 does not match 1-element iovec array',
    ],
    [
      `sendmsg(3, ${message('{..., 5}', 'msg_flags="x", msg_control=[5]')}, 0) = 0`,
      'Bad type; actual: integer expected: cmsg',
    ],
    [`sendmsg(3, ${message('{..., 5}', 'msg_flags=1')}, "x") = 0`, 'Bad type; actual: string expected: integer'],
    [`sendmsg(3, ${message('{..., 5}', 'msg_flags=1')}, 0) = 0`, 'sendmsg ignores msg_flags field in msghdr'],
  ])('%s is refused', (line, wrong) => {
    expect(verdict(line)).toBe(wrong)
  })

  it('to be sent connects a new socket', () => {
    const around = context()
    written(`sendmsg(3, ${message('{..., 10}')}, 0) = 10`, around)
    expect(around.descriptors.socket(3).state).toBe('connecting')
  })
})

describe('what recvmsg() gives', () => {
  const line = `recvmsg(3, ${message('{..., 10}', `msg_flags=MSG_TRUNC, msg_control=[${TOS}]`)}, 0) = 10`
  /** msg_flags, length of the control messages, time 0, the control messages. */
  const out = (flags: number, control: number[]) =>
    Uint8Array.from([...words(flags, control.length, 0, 0), ...control, ...new Array(24).fill(0xee)])

  it.each([
    [out(0x20, TOS_OCTETS), null],
    [out(0, TOS_OCTETS), 'Expected msg_flags 0x00000020 but got 0x00000000'],
    [out(-1, TOS_OCTETS), 'Expected msg_flags 0x00000020 but got 0xFFFFFFFF'],
    [out(0x20, []), 'received only 0 cmsgs'],
    [out(0x20, [...TOS_OCTETS, ...TOS_OCTETS]), 'received more than 1 cmsgs'],
  ])('is compared, flags first', (octets, wrong) => {
    expect(verdict(line, returned(10, { out: octets }))).toBe(wrong)
  })
})
