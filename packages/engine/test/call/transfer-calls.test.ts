import { describe, expect, it } from 'vitest'
import { CallRecord } from '../../src/call/record.js'
import { socketAddress } from '../../src/call/socket-address.js'
import { Call } from '../../src/host/layout.js'
import { context, prepared, verdict, written } from '../support/calls.js'
import { returned } from '../support/playbook.js'

const CONNECT = [2, 0, 0x23, 0x82, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0]
const words = (...numbers: number[]) => [...new Uint8Array(Uint32Array.from(numbers).buffer)]

describe('a call', () => {
  it.each([
    ['read(3, ..., 100) = 0', { op: 'read', fd: 13, args: [100, 0, 0] }],
    ['read(3, NULL, 100) = -1', { op: 'read', fd: 13, args: [100, 0, 1] }],
    ['write(3, ..., 1460) = 1460', { op: 'write', fd: 13, args: [1460, 0, 0] }],
    ['write(3, ..., 0) = 0', { op: 'write', fd: 13, args: [0, 0, 0] }],
    ['recv(3, ..., 10, MSG_PEEK) = 10', { op: 'recv', fd: 13, args: [10, 2, 0] }],
    ['send(3, ..., 10, MSG_DONTWAIT|MSG_MORE) = 10', { op: 'send', fd: 13, args: [10, 0x8040, 0] }],
    ['recvfrom(3, ..., 10, 0, ..., ...) = 10', { op: 'recvfrom', fd: 13, args: [10, 0, 0] }],
    ['readv(3, [{..., 10}, {..., 20}], 2) = 30', { op: 'readv', fd: 13, args: [2, 0, 0], data: words(10, 20) }],
    ['writev(3, [{..., 10}, {..., 0}], 2) = 10', { op: 'writev', fd: 13, args: [2, 0, 0], data: words(10, 0) }],
    ['writev(3, [{..., -1}], 1) = -1', { op: 'writev', fd: 13, args: [1, 0, 0], data: words(-1) }],
    ['writev(3, [], 0) = 0', { op: 'writev', fd: 13, args: [0, 0, 0] }],
    [
      'sendto(3, ..., 10, MSG_FASTOPEN, ..., ...) = 10',
      { op: 'sendto', fd: 13, args: [10, 0x2000_0000, 0], data: CONNECT },
    ],
    [
      'sendto(3, NULL, 10, 0, AF_UNSPEC, ...) = 10',
      { op: 'sendto', fd: 13, args: [10, 0, 1], data: new Array(128).fill(0) },
    ],
  ])('%s asks the host', (line, record) => {
    expect(written(line)).toEqual(record)
  })

  it.each([
    ['read(3, ...) = 0', 'Expected 3 args but got 2'],
    ['write(3, ..., 1, 0) = 0', 'Expected 3 args but got 4'],
    ['recv(3, ..., 1) = 0', 'Expected 4 args but got 3'],
    ['send(3, ..., 1) = 0', 'Expected 4 args but got 3'],
    ['recvfrom(3, ..., 1, 0, ...) = 0', 'Expected 6 args but got 5'],
    ['recvfrom(3, ..., 1) = 0', 'Expected 6 args but got 3'],
    ['sendto(3, ..., 1, 0) = 0', 'Expected 6 args but got 4'],
    ['readv(3, [{..., 1}]) = 0', 'Expected 3 args but got 2'],
    ['read(3, 5, 1) = 0', 'Expected ... or NULL for buffer'],
    ['write(3, "abc", 3) = 3', 'Expected ... or NULL for buffer'],
    ['recvfrom(3, ..., 1, 0, 5, ...) = 0', 'Bad type; actual: integer expected: ellipsis'],
    ['sendto(3, ..., 1, 0, ..., 16) = 0', 'Bad type; actual: integer expected: ellipsis'],
    ['sendto(3, ..., 1, 0, "x", ...) = 0', 'Bad type; actual: string expected: integer'],
    ['readv(3, ..., 1) = 0', 'Bad type; actual: ellipsis expected: list'],
    ['readv(3, [5], 1) = 0', 'Bad type; actual: integer expected: iovec'],
    ['readv(3, [{..., 1}], 2) = 0', 'iov_count 2 does not match 1-element iovec array'],
    ['writev(3, [{..., 1}, {..., 2}], 1) = 0', 'iov_count 1 does not match 2-element iovec array'],
    ['write(3, ..., -1) = -1', 'the count is negative: -1'],
    ['write(3, ..., ...) = 0', 'Bad type; actual: ellipsis expected: integer'],
  ])('%s is refused', (line, wrong) => {
    expect(verdict(line)).toBe(wrong)
  })
})

describe('sendto()', () => {
  it('on a ping socket begins with an echo request', () => {
    const around = context()
    prepared('socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP) = 9').judge(returned(20), around)
    const octets = new Uint8Array(Call.size)
    const record = new CallRecord(octets)
    const type = () => new DataView(octets.buffer).getInt32(Call.arg3, true)
    prepared('sendto(9, ..., 20, 0, ..., ...) = 20').write(record, around)
    expect(type()).toBe(8)
    expect(verdict('sendto(9, ..., 20, 0, AF_INET, ...) = 20', undefined, around)).toBe(
      'Bad type; actual: integer expected: ellipsis',
    )
    prepared('sendto(9, ..., 20, 0, ..., ...) = 20').write(record, {
      ...around,
      connectAddress: socketAddress(new Uint8Array(16).fill(1), 9090),
      userspace: false,
    })
    expect(type()).toBe(128)
    prepared('sendto(3, ..., 20, 0, ..., ...) = 20').write(record, around)
    expect(type()).toBe(0)
  })

  it('connects a new socket, as Fast Open needs', () => {
    const around = context()
    written('sendto(3, ..., 10, MSG_FASTOPEN, ..., ...) = 10', around)
    const socket = around.descriptors.socket(3)
    expect(socket.state).toBe('connecting')
    written('sendto(3, ..., 10, 0, AF_UNSPEC, ...) = 10', around)
    expect(socket.state).toBe('new')
  })
})
