import { describe, expect, it } from 'vitest'
import { context, prepared, verdict, written } from '../support/calls.js'
import { returned } from '../support/playbook.js'

const words = (...numbers: number[]) => [...new Uint8Array(Int32Array.from(numbers).buffer)]

describe('a call', () => {
  it.each([
    [
      'poll([{fd=3, events=POLLIN|POLLOUT, revents=POLLOUT}, {fd=4, events=0}], 2, -1) = 1',
      { op: 'poll', fd: -1, args: [2, -1, 0], data: words(13, (4 << 16) | 5, 14, 0) },
    ],
    ['epoll_create(1) = 9', { op: 'epollCreate', fd: -1, args: [1, 0, 0] }],
    [
      'epoll_ctl(3, EPOLL_CTL_ADD, 4, {events=EPOLLIN, fd=4}) = 0',
      { op: 'epollCtl', fd: 13, args: [1, 14, 0], data: words(1, 14, 0) },
    ],
    [
      'epoll_ctl(3, EPOLL_CTL_MOD, 4, {events=0x1ffffffff, u32=0x100000002}) = 0',
      { op: 'epollCtl', fd: 13, args: [3, 14, 0], data: words(-1, 2, 0) },
    ],
    [
      'epoll_ctl(3, EPOLL_CTL_DEL, 4, {events=0, u64=-2}) = 0',
      { op: 'epollCtl', fd: 13, args: [2, 14, 0], data: words(0, -2, -1) },
    ],
    ['epoll_wait(3, {events=EPOLLIN, fd=4}, 8, -1) = 1', { op: 'epollWait', fd: 13, args: [8, -1, 0] }],
  ])('%s asks the host', (line, record) => {
    expect(written(line)).toEqual(record)
  })

  it.each([
    ['poll([{fd=3, events=1}], 1) = 0', 'Expected 3 args but got 2'],
    ['poll(3, 1, 0) = 0', 'Bad type; actual: integer expected: list'],
    ['poll([3], 1, 0) = 0', 'Bad type; actual: integer expected: pollfd'],
    ['poll([{fd=3, events=1}], 2, 0) = 0', 'nfds 2 does not match 1-element pollfd array'],
    ['poll([{fd=9, events="x"}, 5], 2, 0) = 0', 'Bad type; actual: string expected: integer'],
    ['poll([{fd=9, events=1}, 5], 2, 0) = 0', 'unable to find fd with script fd 9'],
    ['poll([{fd=9, events=1}], 2, "x") = 0', 'unable to find fd with script fd 9'],
    ['epoll_ctl(9, "x", 9, 5) = 0', 'unable to find fd with script fd 9'],
    ['epoll_ctl(3, "x", 9, 5) = 0', 'Bad type; actual: string expected: integer'],
    ['epoll_ctl(3, 1, 9, 5) = 0', 'unable to find fd with script fd 9'],
    ['epoll_ctl(3, 1, 3, 5) = 0', 'Bad type; actual: integer expected: epollev'],
    ['epoll_ctl(3, 1, 4, {events=1, fd=5}) = 0', 'wrong fd specified in epoll_event\n'],
    ['epoll_wait(9, 5, "x", "y") = 0', 'unable to find fd with script fd 9'],
    ['epoll_wait(3, {events=1, fd=9}, "x", "y") = 0', 'unable to find fd with script fd 9'],
    ['epoll_wait(3, {events=1, fd=4}, -1, 0) = 0', 'Failed to calloc -1 struct epoll_event\n'],
  ])('%s is refused', (line, wrong) => {
    expect(verdict(line)).toBe(wrong)
  })
})

describe('poll()', () => {
  const line = 'poll([{fd=3, events=POLLIN}, {fd=4, events=POLLIN|POLLOUT, revents=POLLOUT}], 2, 0) = 1'

  it.each([
    [[13, 1, 14, (4 << 16) | 5], null],
    [[13, (1 << 16) | 1, 14, (4 << 16) | 5], 'Expected revents of  but got POLLIN for pollfd 0'],
    [[13, 1, 14, (0x8018 << 16) | 5], 'Expected revents of POLLOUT but got POLLERR|POLLHUP|??? for pollfd 1'],
  ])('compares what happened on each: %j', (out, wrong) => {
    expect(verdict(line, returned(1, { out }))).toBe(wrong)
  })
})

describe('epoll_create()', () => {
  it('makes a descriptor that is no socket', () => {
    const around = context()
    prepared('epoll_create(1) = 9').judge(returned(20), around)
    expect(around.descriptors.get(9)).toMatchObject({ liveFd: 20, behind: { kind: 'epoll' } })
    expect(verdict('epoll_create(1) = 3', returned(20))).toBe('duplicate fd 3 in script')
  })
})

describe('epoll_wait()', () => {
  const events = (expected: string, actual: string) =>
    `epoll_event->events does not match script: expected: ${expected} actual: ${actual}\n`
  const data = (expected: string, actual: string) =>
    `epoll_event->data does not match script: expected: ${expected} actual: ${actual}\n`

  it.each([
    ['{events=EPOLLIN, fd=4}', [1, 14, 0], null],
    ['{events=EPOLLIN, fd=4}', [5, 14, 0], events('0x1', '0x5')],
    ['{events=-1, fd=4}', [1, 14, 0], events('0xffffffff', '0x1')],
    ['{events=EPOLLIN, fd=4}', [1, -5, 0], data('14', '-5')],
    ['{events=EPOLLIN, ptr=0}', [1, 5, 0], data('(nil)', '0x5')],
    ['{events=EPOLLIN, ptr=-1}', [1, 0, 0], data('0xffffffffffffffff', '(nil)')],
    ['{events=EPOLLIN, u32=-1}', [1, 5, 0], data('4294967295', '5')],
    ['{events=EPOLLIN, u32=5}', [1, 5, 99], null],
    ['{events=EPOLLIN, u64=5}', [1, 5, 1], data('5', '4294967301')],
  ])('compares the first event: %s and %j', (event, out, wrong) => {
    expect(verdict(`epoll_wait(3, ${event}, 4, 0) = 1`, returned(1, { out }))).toBe(wrong)
  })
})
