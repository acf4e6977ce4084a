import { describe, expect, it } from 'vitest'
import { verdict, written } from '../support/calls.js'
import { returned } from '../support/playbook.js'

const words = (...numbers: number[]) => [...new Uint8Array(Int32Array.from(numbers).buffer)]
const ascii = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'))

describe('a call', () => {
  it.each([
    ['fcntl(3, F_GETFL) = 2', { op: 'fcntl', fd: 13, args: [3, 0, 0] }],
    ['fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0', { op: 'fcntl', fd: 13, args: [4, 1, 2050] }],
    ['ioctl(3, SIOCINQ, [5]) = 0', { op: 'ioctl', fd: 13, args: [0x541b, 1, 0] }],
    ['ioctl(3, -1) = 0', { op: 'ioctl', fd: 13, args: [-1, 0, 0] }],
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

describe('ioctl()', () => {
  it('compares the integer that it fills', () => {
    expect(verdict('ioctl(3, SIOCINQ, [5]) = 0', returned(0, { out: [5] }))).toBeNull()
    expect(verdict('ioctl(3, SIOCINQ, [5]) = 0', returned(0, { out: [-1] }))).toBe(
      'Bad ioctl optval: expected: 5 actual: -1',
    )
    expect(verdict('ioctl(3, SIOCINQ) = 0', returned(0, { out: [7] }))).toBeNull()
  })

  it.each([
    ['ioctl(9) = 0', 'ioctl expected 2-3 args but got 1'],
    ['ioctl(9, "x", 5) = 0', 'unable to find fd with script fd 9'],
    ['ioctl(3, "x", 5) = 0', 'Bad type; actual: string expected: integer'],
    ['ioctl(3, SIOCINQ, 5) = 0', 'Bad type; actual: integer expected: list'],
  ])('%s is refused', (line, wrong) => {
    expect(verdict(line)).toBe(wrong)
  })
})

describe('a structure as the value of an option', () => {
  const set = (value: string) => written(`setsockopt(3, SOL_IP, 1, ${value}, 16) = 0`).data
  const get = (value: string, out: number[], length = 16) =>
    verdict(`getsockopt(3, SOL_IP, 1, ${value}, [${length}]) = 0`, returned(0, { out: Uint8Array.from(out) }))

  it('is an IPv6 address', () => {
    const octets = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5]
    expect(set('inet6_addr("2001:db8::5")')).toEqual(octets)
    expect(get('inet6_addr("2001:db8::5")', octets)).toBeNull()
    expect(get('inet6_addr("::1")', octets)).toBe('Bad getsockopt optval: expected: ::1 actual: 2001:db8::5 ')
    expect(get('inet6_addr("::1")', [1, 2, 3, 4], 4)).toBe('Unsupported getsockopt optlen: 4')
  })

  it('is an MPLS stack', () => {
    expect(set('{(label 1048575, tc 5, [S], ttl 255) (label 1, tc 0, ttl 2)}')).toEqual([
      255, 255, 251, 255, 0, 0, 16, 2,
    ])
  })

  it('is a GRE header, cut where its flags end it', () => {
    const all = '{flags [checksum present, key present, sequence# present], sum 1, off 2, key 3, seq 4}'
    const octets = [0xb0, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4]
    expect(set(all)).toEqual(octets)
    expect(set('{flags [key present], sum 1, off 2, key 3, seq 4}')).toEqual([
      0x20, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0,
    ])
    expect(get(all, octets)).toBeNull()
    expect(get(all, [...octets.slice(0, 2), 8, 0, ...octets.slice(4)])).toBeNull()
    expect(get(all, [...octets.slice(0, 15), 5])).toBe('Bad getsockopt optval.')
  })
})
