// `lunadrill check` as a user calls it: the two forms of its report, and its exit status. The rules have their own tests.
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { command, root, scratch } from '../support/drill.js'

const { script } = scratch()

const sound = script('0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n', 'sound.pkt')
const doubtful = script('0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+.001 > S 0:0(0)\n', 'doubtful.pkt')
const wrong = script('0 socket(..., SOCK_STREM, IPPROTO_TCP) = 3\n+0 close(4) = 0\n', 'wrong.pkt')

const check = (...args: string[]) => command('lunadrill', ['check', ...args])

it('says nothing much of sound scripts', () => {
  expect(check(sound, sound)).toEqual({ status: 0, stdout: '2 scripts: nothing found\n', stderr: '' })
})

it('finds no error in our own examples', () => {
  expect(check('--format=json', join(root, 'examples'))).toMatchObject({ status: 0, stderr: '' })
})

it('shows each finding at its place', () => {
  expect(check(wrong)).toEqual({
    status: 1,
    stderr: '',
    stdout: `\
${wrong}:1:15: error: unknown symbol SOCK_STREM [symbols]
   1 | 0 socket(..., SOCK_STREM, IPPROTO_TCP) = 3
     |               ^^^^^^^^^^
  did you mean SOCK_STREAM?

${wrong}:2:10: error: descriptor 4 has never been opened [descriptors]
   2 | +0 close(4) = 0
     |          ^
  open here: 3

1 script: 2 errors
`,
  })
})

it('takes warnings for errors with --strict only', () => {
  expect(check(doubtful)).toMatchObject({ status: 0, stdout: expect.stringContaining('1 script: 1 warning\n') })
  expect(check('--strict', doubtful)).toMatchObject({ status: 1 })
})

it('--format=json is an object per finding and line', () => {
  const { status, stdout } = check('--format=json', sound, wrong)
  const findings = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(status).toBe(1)
  expect(findings[0]).toEqual({
    script: wrong,
    line: 1,
    column: 15,
    start: 14,
    end: 24,
    severity: 'error',
    rule: 'symbols',
    message: 'unknown symbol SOCK_STREM',
    hint: 'did you mean SOCK_STREAM?',
  })
  expect(findings).toHaveLength(2)
})

it('reads standard input and options of a run', () => {
  const input = '0 < icmp unreachable CODE\n'
  expect(command('lunadrill', ['check', '-'], { input })).toMatchObject({ status: 1 })
  expect(command('lunadrill', ['check', '-DCODE=port_unreachable', '-'], { input })).toMatchObject({ status: 0 })
})

it.each([
  [[], /missing script path/],
  [['--format=xml', sound], /bad --format: xml/],
  [['--bogus', sound], /--bogus/],
  [['/nonexistent.pkt', sound], /No such file/],
])('%j is refused', (args, says) => {
  const { status, stderr } = check(...args)
  expect(stderr).toMatch(says)
  expect(status).toBe(2)
})
