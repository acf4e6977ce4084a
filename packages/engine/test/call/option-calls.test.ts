import { describe, expect, it } from 'vitest'
import { verdict, written } from '../support/calls.js'
import { returned } from '../support/playbook.js'

const words = (...numbers: number[]) => [...new Uint8Array(Int32Array.from(numbers).buffer)]
const ascii = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'))

describe('a call', () => {
  it.each([
    ['fcntl(3, F_GETFL) = 2', { op: 'fcntl', fd: 13, args: [3, 0, 0] }],
    ['fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0', { op: 'fcntl', fd: 13, args: [4, 1, 2050] }],
    [
      'poll([{fd=3, events=POLLIN|POLLOUT, revents=POLLOUT}, {fd=4, events=0}], 2, -1) = 1',
      { op: 'poll', fd: -1, args: [2, -1, 0], data: words(13, (4 << 16) | 5, 14, 0) },
    ],
    ['getsockopt(3, SOL_TCP, TCP_NODELAY, [1], [4]) = 0', { op: 'getsockopt', fd: 13, args: [6, 1, 4] }],
    ['getsockopt(3, SOL_TCP, TCP_CONGESTION, ..., [16]) = 0', { op: 'getsockopt', fd: 13, args: [6, 13, 16] }],
    [
      'setsockopt(3, SOL_TCP, TCP_NODELAY, [-1], 4) = 0',
      { op: 'setsockopt', fd: 13, args: [6, 1, 4], data: [255, 255, 255, 255] },
    ],
    [
      'setsockopt(3, SOL_TCP, TCP_CONGESTION, "reno", 4) = 0',
      { op: 'setsockopt', fd: 13, args: [6, 13, 4], data: [...Buffer.from('reno\0')] },
    ],
    [
      String.raw`setsockopt(3, SOL_TCP, 33, "\x01\xff", 16) = 0`,
      { op: 'setsockopt', fd: 13, args: [6, 33, 16], data: [1, 255, 0] },
    ],
    [
      'setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=5}, 8) = 0',
      { op: 'setsockopt', fd: 13, args: [1, 13, 8], data: words(1, 5) },
    ],
  ])('%s asks the host', (line, record) => {
    expect(written(line)).toEqual(record)
  })

  it.each([
    ['fcntl(3) = 0', 'fcntl expected 2-3 args but got 1'],
    ['fcntl(3, F_SETFL, 1, 2) = 0', 'fcntl expected 2-3 args but got 4'],
    ['fcntl(3, F_SETFL, ...) = 0', 'Bad type; actual: ellipsis expected: integer'],
    ['poll([{fd=3, events=1}], 1) = 0', 'Expected 3 args but got 2'],
    ['poll(3, 1, 0) = 0', 'Bad type; actual: integer expected: list'],
    ['poll([3], 1, 0) = 0', 'Bad type; actual: integer expected: pollfd'],
    ['poll([{fd=3, events=1}], 2, 0) = 0', 'nfds 2 does not match 1-element pollfd array'],
    ['getsockopt(3, SOL_TCP, TCP_NODELAY, [1]) = 0', 'Expected 5 args but got 4'],
    ['getsockopt(3, SOL_TCP, TCP_NODELAY, [1], 4) = 0', 'Bad type; actual: integer expected: list'],
    ['getsockopt(3, SOL_TCP, TCP_NODELAY, [1], [4, 5]) = 0', 'Expected [<element>] but got multiple elements'],
    ['setsockopt(3, SOL_TCP, TCP_NODELAY, [1]) = 0', 'Expected 5 args but got 4'],
    ['setsockopt(3, SOL_TCP, TCP_NODELAY, 1, 4) = 0', 'unsupported setsockopt value type: integer'],
    ['setsockopt(3, SOL_TCP, TCP_NODELAY, ..., 4) = 0', 'unsupported setsockopt value type: ellipsis'],
    ['setsockopt(3, SOL_TCP, TCP_NODELAY, [], 4) = 0', 'Expected [<element>] but got multiple elements'],
    ['setsockopt(3, SOL_TCP, TCP_NODELAY, [1], [4]) = 0', 'Bad type; actual: list expected: integer'],
    [
      'setsockopt(3, SOL_IP, 1, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("1.2.3.4")}, 16) = 0',
      'unsupported setsockopt value type: sockaddr_in',
    ],
  ])('%s is refused', (line, wrong) => {
    expect(verdict(line)).toBe(wrong)
  })
})

describe('getsockopt()', () => {
  const number = 'getsockopt(3, SOL_TCP, TCP_NODELAY, [1], [4]) = 0'
  const reno = String.raw`getsockopt(3, SOL_TCP, TCP_CONGESTION, "reno\x00", [5]) = 0`

  it.each([
    ['a number', number, returned(0, { out: [1] }), null],
    ['a number', number, returned(0, { out: [-5] }), 'Bad getsockopt optval: expected: 1 actual: -5'],
    ['a length', number, returned(0, { out: [1], outLength: 1 }), 'Bad getsockopt optlen: expected: 4 actual: 1'],
    ['octets', reno, returned(0, { out: ascii('reno\0') }), null],
    [
      'octets, whose last NUL is not shown',
      reno,
      returned(0, { out: ascii('cu\x01i\0') }),
      String.raw`Bad getsockopt optval: expected: 'reno' actual: 'cu\x01i'`,
    ],
    [
      'octets of another length than optlen',
      'getsockopt(3, SOL_TCP, TCP_CONGESTION, "reno", [16]) = 0',
      returned(0, { out: ascii('reno\0'), outLength: 16 }),
      "Bad getsockopt optval: expected optlen (16 bytes) does not match length of expected optval string 'reno' (4 bytes)",
    ],
    [
      'a number of another length',
      'getsockopt(3, SOL_TCP, TCP_NODELAY, [1], [8]) = 0',
      returned(0, { out: [1, 0] }),
      'Unsupported getsockopt optlen: 8',
    ],
    [
      'what upstream cannot compare',
      'getsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=5}, [8]) = 0',
      returned(0, { out: [1, 5] }),
      'unsupported getsockopt value type: linger',
    ],
    [
      '...',
      'getsockopt(3, SOL_TCP, TCP_CONGESTION, ..., [16]) = 0',
      returned(0, { outLength: 16 }),
      'unsupported getsockopt value type: ellipsis',
    ],
  ])('compares %s (%s)', (_what, line, answer, wrong) => {
    expect(verdict(line, answer)).toBe(wrong)
  })

  it('compares after an expected failure too: length as given, value zeros', () => {
    const line = 'getsockopt(3, SOL_TCP, 999, [0], [4]) = -1 ENOPROTOOPT (x)'
    expect(verdict(line, returned(-1, { errno: 92, out: [0] }))).toBeNull()
    expect(verdict(line.replace('[0]', '[7]'), returned(-1, { errno: 92, out: [0] }))).toBe(
      'Bad getsockopt optval: expected: 7 actual: 0',
    )
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
