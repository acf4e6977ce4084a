import { describe, expect, it } from 'vitest'
import { PreparedCall } from '../../src/call/call.js'
import { action, verdict } from '../support/calls.js'
import { returned } from '../support/playbook.js'

const EAGAIN = 11

describe('a result', () => {
  it.each([
    ['read(3, ..., 10) = 10', returned(10), null],
    ['read(3, ..., 10) = 10', returned(5), 'Expected result 10 but got 5 with errno 2 (No such file or directory)'],
    [
      'read(3, ..., 10) = 10',
      returned(-1, { errno: EAGAIN }),
      'Expected result 10 but got -1 with errno 11 (Resource temporarily unavailable)',
    ],
    ['read(3, ..., 10) = -1', returned(-1, { errno: EAGAIN }), null],
    ['read(3, ..., 10) = -1 EAGAIN (Resource temporarily unavailable)', returned(-1, { errno: EAGAIN }), null],
    ['read(3, ..., 10) = -1 (Invalid Argument)', returned(-1, { errno: EAGAIN }), null],
    [
      'read(3, ..., 10) = -1 EINVAL (Invalid)',
      returned(-1, { errno: EAGAIN }),
      'Expected errno 22 (Invalid argument) but got 11 (Resource temporarily unavailable)',
    ],
    [
      'read(3, ..., 10) = 0 EAGAIN (x)',
      returned(0),
      'Expected errno 11 (Resource temporarily unavailable) but got 2 (No such file or directory)',
    ],
    ['read(3, ..., 10) = -1 SO_DEBUG (x)', returned(-1, { errno: 1 }), null],
    ['fcntl(3, F_GETFL) = 0x2 (flags O_RDWR)', returned(2), null],
  ])('of %s', (line, answer, wrong) => {
    expect(verdict(line, answer)).toBe(wrong)
  })

  it.each([
    ['socket(..., SOCK_STREAM, 6) = 9', returned(7), null],
    [
      'socket(..., SOCK_STREAM, 6) = 9',
      returned(-1, { errno: 24 }),
      'Expected non-negative result but got -1 with errno 24 (Too many open files)',
    ],
    ['socket(..., 99, 6) = -1 EINVAL (Invalid argument)', returned(-1, { errno: 22 }), null],
    ['socket(..., 99, 6) = -1', returned(7), 'Expected result -1 but got 7 with errno 2 (No such file or directory)'],
  ])('that is a descriptor is the script’s name for it: %s', (line, answer, wrong) => {
    expect(verdict(line, answer)).toBe(wrong)
  })

  it.each([
    ['close(3) = EPERM', 'Bad type; actual: word expected: integer'],
    ['close(3) = ...', 'Bad type; actual: ellipsis expected: integer'],
    ['close(3) = 0x1ffffffff', 'Value out of range for 32-bit integer: 8589934591'],
    ['close(3) = -1 ENOSUCH (x)', "unknown symbol: 'ENOSUCH'"],
  ])('must be a number, which is said once the call has returned: %s', (line, wrong) => {
    expect(verdict(line)).toBe(null)
    expect(verdict(line, returned(-1, { errno: 9 }))).toBe(wrong)
  })

  it('is compared before its errno is looked up', () => {
    expect(verdict('close(3) = -1 ENOSUCH (x)', returned(0))).toMatch('Expected result -1 but got 0')
  })
})

describe('a name', () => {
  it('that nobody knows is said at run time, with what is known', () => {
    expect(verdict('accept4(3, ..., ..., 0) = 4')).toBe("Unknown system call: 'accept4'")
    expect(PreparedCall.prepare(action('dup(3) = 4'))).toMatchObject({
      verdict: 'fail',
      detail: { hint: expect.stringContaining('socket bind listen') },
    })
  })
})

describe('a descriptor', () => {
  it.each([
    'bind(9, ..., ...) = 0',
    'listen(9, 1) = 0',
    'accept(9, ..., ...) = 4',
    'connect(9, ..., ...) = 0',
    'read(9, ..., 1) = 0',
    'readv(9, [{..., 1}], 1) = 0',
    'recv(9, ..., 1, 0) = 0',
    'recvfrom(9, ..., 1, 0, ..., ...) = 0',
    'write(9, ..., 1) = 0',
    'writev(9, [{..., 1}], 1) = 0',
    'send(9, ..., 1, 0) = 0',
    'sendto(9, ..., 1, 0, ..., ...) = 0',
    'fcntl(9, F_GETFL) = 0',
    'close(9) = 0',
    'shutdown(9, SHUT_WR) = 0',
    'poll([{fd=9, events=POLLIN}], 1, 0) = 0',
    'getsockopt(9, SOL_TCP, TCP_NODELAY, [0], [4]) = 0',
    'setsockopt(9, SOL_TCP, TCP_NODELAY, [0], 4) = 0',
  ])('must be open: %s', (line) => {
    expect(verdict(line)).toBe('unable to find fd with script fd 9')
  })
})
