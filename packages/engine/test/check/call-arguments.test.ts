import { expect, it } from 'vitest'
import { found, server } from '../support/check.js'

const check = (call: string) => found('call-arguments', `${server}+0 ${call} = 0\n`)

it.each([
  'read(4, ..., 10)',
  'readv(4, [{..., 10}, {..., 5}], 2)',
  'fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK)',
  'getsockopt(4, SOL_SOCKET, SO_ERROR, [0], [4])',
  'sendto(4, ..., 10, 0, ..., ...)',
  'poll([{fd=4, events=POLLIN, revents=0}], 1, 0)',
])('takes %s', (call) => {
  expect(check(call)).toEqual([])
})

it.each([
  ['raed(4, ..., 10)', 'raed', /unknown system call raed\(\)/, 'did you mean read()?'],
  ['accept4(4, ..., ...)', 'accept4', /unknown/, 'did you mean accept()?'],
  ['getpeername(4)', 'getpeername', /unknown/, null],
  ['read(4, 10)', 'read(4, 10', /read\(\): Expected 3 args but got 2/, null],
  ['read(4, ..., "ten")', '"ten"', /Bad type; actual: string expected: integer/, null],
  ['read(4, "buffer", 10)', '"buffer"', /Expected \.\.\. or NULL for buffer/, null],
  ['bind(4, 5, ...)', '5', /Bad type; actual: integer expected: ellipsis/, null],
  ['getsockopt(4, SOL_SOCKET, SO_ERROR, [0], 4)', '4', /Bad type; actual: integer expected: list/, null],
  ['readv(4, [{..., 10}], 2)', '2', /iov_count 2 does not match 1-element/, null],
  ['write(4, ..., -5)', '-5', /the count is negative/, 'counts are 0 or more'],
  ['setsockopt(4, SOL_SOCKET, SO_ERROR, [A|B], 4)', '', /^$/, null],
  ['setsockopt(4, SOL_SOCKET, 1, "\\q", 4)', '"\\q"', /unsupported escape code/, null],
  ['fcntl(4, F_SETFL, 1|"x")', '1|"x"', /right hand side of \| not an integer/, null],
])('%s', (call, at, message, hint) => {
  const findings = check(call)
  if (at === '') {
    expect(findings, 'an unknown symbol is the finding of another rule').toEqual([])
    return
  }
  expect(findings).toMatchObject([{ severity: 'error', line: 8, at }])
  expect(findings[0]?.message).toMatch(message)
  if (hint !== null) expect(findings[0]?.hint).toBe(hint)
})
