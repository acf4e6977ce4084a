import { describe, expect, it } from 'vitest'
import { context, prepared, verdict, written } from '../support/calls.js'
import { packet } from '../support/packets.js'
import { returned } from '../support/playbook.js'

const BIND = [2, 0, 0x1f, 0x90, 192, 168, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]
const CONNECT = [2, 0, 0x23, 0x82, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0]
const bare = (family: number) => [family, ...new Array(127).fill(0)]

describe('a call', () => {
  it.each([
    ['socket(..., SOCK_STREAM, IPPROTO_TCP) = 9', { op: 'socket', fd: -1, args: [2, 1, 6] }],
    ['socket(AF_INET6, SOCK_DGRAM|SOCK_NONBLOCK, 0) = 9', { op: 'socket', fd: -1, args: [10, 2050, 0] }],
    ['bind(3, ..., ...) = 0', { op: 'bind', fd: 13, args: [0, 0, 0], data: BIND }],
    ['listen(3, 5) = 0', { op: 'listen', fd: 13, args: [5, 0, 0] }],
    ['accept(4, ..., ...) = 9', { op: 'accept', fd: 14, args: [0, 0, 0] }],
    ['connect(3, ..., ...) = 0', { op: 'connect', fd: 13, args: [0, 0, 0], data: CONNECT }],
    ['connect(3, AF_UNSPEC, ...) = 0', { op: 'connect', fd: 13, args: [0, 0, 0], data: bare(0) }],
    ['connect(3, AF_INET6, ...) = -1', { op: 'connect', fd: 13, args: [0, 0, 0], data: bare(10) }],
    ['shutdown(3, SHUT_RDWR) = 0', { op: 'shutdown', fd: 13, args: [2, 0, 0] }],
    ['close(5) = 0', { op: 'close', fd: 15, args: [0, 0, 0] }],
  ])('%s asks the host', (line, record) => {
    expect(written(line)).toEqual(record)
  })

  it.each([
    ['socket(..., 1) = 3', 'Expected 3 args but got 2'],
    ['socket("x", 1, 6) = 3', 'Bad type; actual: string expected: integer'],
    ['socket(..., ..., 6) = 3', 'Bad type; actual: ellipsis expected: integer'],
    ['bind(3, ...) = 0', 'Expected 3 args but got 2'],
    ['bind(3, 5, ...) = 0', 'Bad type; actual: integer expected: ellipsis'],
    [
      'bind(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("1.2.3.4")}, ...) = 0',
      'Bad type; actual: sockaddr_in expected: ellipsis',
    ],
    ['listen(3) = 0', 'Expected 2 args but got 1'],
    ['listen(3, ...) = 0', 'Bad type; actual: ellipsis expected: integer'],
    ['accept(3, ..., 16) = 4', 'Bad type; actual: integer expected: ellipsis'],
    ['connect(3, ..., 16) = 0', 'Bad type; actual: integer expected: ellipsis'],
    ['connect(3, [1], ...) = 0', 'Bad type; actual: list expected: integer'],
    ['shutdown(3) = 0', 'Expected 2 args but got 1'],
    ['close() = 0', 'Expected 1 args but got 0'],
    ['close(...) = 0', 'Bad type; actual: ellipsis expected: integer'],
  ])('%s is refused', (line, wrong) => {
    expect(verdict(line)).toBe(wrong)
  })
})

describe('socket()', () => {
  it('makes the socket under test, by the script’s name and protocol', () => {
    const around = context()
    prepared('socket(..., SOCK_STREAM, 0) = 9').judge(returned(20), around)
    expect(around.descriptors.get(9).liveFd).toBe(20)
    expect(around.flows.underTest).toMatchObject({ state: 'new', protocol: 0, liveFd: 20 })
  })

  it('that was to fail, and did, makes none', () => {
    const around = context()
    const before = around.flows.underTest
    prepared('socket(..., 99, 0) = -1').judge(returned(-1, { errno: 22 }), around)
    expect(around.flows.underTest).toBe(before)
  })

  it('needs a name that is free', () => {
    expect(verdict('socket(..., SOCK_STREAM, 6) = 3', returned(20))).toBe('duplicate fd 3 in script')
    expect(verdict('socket(..., SOCK_STREAM, 6) = 9', returned(13))).toBe('duplicate live fd 13')
  })
})

describe('listen()', () => {
  it.each([0, -1])('makes the socket listen, result %i included', (result) => {
    const around = context()
    prepared(`listen(4, 1) = ${result}`).judge(returned(result), around)
    expect(around.descriptors.socket(4).state).toBe('listening')
  })
})

describe('accept()', () => {
  const waiting = () => {
    const around = context()
    around.descriptors.socket(5).state = 'listening'
    const child = around.flows.route(packet('< S 0:0(0) win 1'))
    return { around, child }
  }

  it('gives the newest handshake its descriptor', () => {
    const { around, child } = waiting()
    child.state = 'synack-acked'
    prepared('accept(5, ..., ...) = 9').judge(returned(20), around)
    expect(around.descriptors.get(9)).toMatchObject({ liveFd: 20, behind: { socket: child } })
    expect(child).toMatchObject({ liveFd: 20, state: 'synack-acked' })
  })

  it('without a handshake in the script is an error', () => {
    const { around } = waiting()
    expect(verdict('accept(5, ..., ...) = 9', returned(20), around)).toBe(
      'unable to find socket matching accept() call',
    )
  })

  it('that was to fail changes nothing', () => {
    const { around, child } = waiting()
    child.state = 'synack-acked'
    prepared('accept(5, ..., ...) = -1 EAGAIN (x)').judge(returned(-1, { errno: 11 }), around)
    expect(child.liveFd).toBe(-1)
  })
})

describe('connect()', () => {
  it('connects before it is called, whatever comes of it', () => {
    const around = context()
    written('connect(3, ..., ...) = 0', around)
    const socket = around.descriptors.socket(3)
    expect(socket).toMatchObject({ state: 'connecting', remotePort: 9090 })
    written('connect(3, AF_UNSPEC, ...) = 0', around)
    expect(socket.state).toBe('new')
    written('connect(3, AF_INET, ...) = 0', around)
    expect(socket.state).toBe('connecting')
  })
})

describe('close()', () => {
  it.each([0, -1])('frees the name, result %i included', (result) => {
    const around = context()
    prepared(`close(4) = ${result}`).judge(returned(result), around)
    expect(around.descriptors.find(4)).toBeUndefined()
  })
})
