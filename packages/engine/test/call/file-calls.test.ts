import { describe, expect, it } from 'vitest'
import { context, prepared, verdict, written } from '../support/calls.js'
import { returned } from '../support/playbook.js'

const words = (...numbers: number[]) => [...new Uint8Array(Int32Array.from(numbers).buffer)]

describe('a call', () => {
  it.each([
    ['open("/x" "y", O_RDWR) = 9', { op: 'open', fd: -1, args: [2, 0, 0], data: [...Buffer.from('/xy\0')] }],
    ['sendfile(3, 4, [-2], 100) = 100', { op: 'sendfile', fd: 13, args: [14, 100, 0], data: words(-2, -1) }],
    ['pipe([8, 9]) = 0', { op: 'pipe', fd: -1, args: [0, 0, 0] }],
    ['splice(3, NULL, 4, NULL, 10, SPLICE_F_NONBLOCK) = 10', { op: 'splice', fd: 13, args: [14, 10, 2] }],
  ])('%s asks the host', (line, record) => {
    expect(written(line)).toEqual(record)
  })

  it.each([
    ['open(5, "x") = 4', 'Bad type; actual: integer expected: string'],
    ['open("/x", "x") = 4', 'Bad type; actual: string expected: integer'],
    [String.raw`open("\x2" "f", O_RDWR) = 4`, "invalid hex escape (\\xhh): '\\x2'"],
    ['sendfile(9, 8, 5, "x") = 0', 'unable to find fd with script fd 9'],
    ['sendfile(3, 8, 5, "x") = 0', 'unable to find fd with script fd 8'],
    ['sendfile(3, 4, 5, "x") = 0', 'Bad type; actual: integer expected: list'],
    ['sendfile(3, 4, [1, 2], 5) = 0', 'Expected [<element>] but got multiple elements'],
    ['pipe(5) = 0', 'Bad type; actual: integer expected: list'],
    ['pipe([5]) = 0', '1 pipe file descriptors instead of 2\n'],
    ['pipe(["x", 5]) = 0', 'Bad type; actual: string expected: integer'],
    ['splice(3, "x", 9, "x", 1, 0) = 0', 'Bad type; actual: string expected: integer'],
    ['splice(3, 0, 9, "x", 1, 0) = 0', 'unable to find fd with script fd 9'],
    ['splice(3, NULL, 4, NULL, 0x1ffffffff, 0) = 0', 'Value out of range for 32-bit integer: 8589934591'],
  ])('%s is refused', (line, wrong) => {
    expect(verdict(line)).toBe(wrong)
  })
})

describe('pipe()', () => {
  it('gives both ends their names', () => {
    const around = context()
    prepared('pipe([8, 9]) = 0').judge(returned(0, { out: [20, 21] }), around)
    expect(around.descriptors.get(8)).toMatchObject({ liveFd: 20, behind: { kind: 'pipe' } })
    expect(around.descriptors.get(9)).toMatchObject({ liveFd: 21, behind: { kind: 'pipe' } })
  })

  it('checks both before it takes one', () => {
    const around = context()
    expect(verdict('pipe([8, 4]) = 0', returned(0, { out: [20, 21] }), around)).toBe('duplicate fd 4 in script')
    expect(around.descriptors.find(8)).toBeUndefined()
    expect(verdict('pipe([8, 8]) = 0', returned(0, { out: [20, 21] }))).toBeNull()
    expect(verdict('pipe([8, 9]) = 0', returned(0, { out: [20, 13] }))).toBe('duplicate live fd 13')
  })

  it('that fails names nothing', () => {
    const around = context()
    prepared('pipe([3, 4]) = -1').judge(returned(-1, { errno: 24 }), around)
    expect(around.descriptors.live(3)).toBe(13)
  })
})

describe('a file', () => {
  it('is no socket', () => {
    const around = context()
    prepared('open("/dev/null", O_RDWR) = 9').judge(returned(20), around)
    expect(around.descriptors.get(9)).toMatchObject({ liveFd: 20, behind: { kind: 'file' } })
    for (const line of ['connect(9, ..., ...) = 0', 'sendto(9, ..., 1, 0, ..., ...) = 1']) {
      expect(verdict(line, undefined, around)).toBe('unable to find socket with script fd 9')
    }
    expect(verdict('listen(9, 1) = -1', returned(-1), around)).toBe('unable to find socket with script fd 9')
  })
})
