import { expect, it } from 'vitest'
import { found, server } from '../support/check.js'

const check = (result: string) => found('call-result', `${server}+0 write(4, ..., 1) = ${result}\n`)

it.each(['1', '-1', '0x10', '-1 EAGAIN (text)'])('takes = %s', (result) => {
  expect(check(result)).toEqual([])
})

it.each([
  ['EAGAIN (text)', 'EAGAIN', /a result must be a number, not the word EAGAIN/],
  ['...', '...', /not an ellipsis/],
  ['"1"', '"1"', /not a string/],
  ['5000000000', '5000000000', /out of range/],
])('= %s', (result, at, message) => {
  const findings = check(result)
  expect(findings).toMatchObject([{ severity: 'error', line: 8, column: 23, at }])
  expect(findings[0]?.message).toMatch(message)
})
