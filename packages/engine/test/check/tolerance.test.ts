import { expect, it } from 'vitest'
import { found } from '../support/check.js'

const socket = '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n'
const check = (line: string, ...options: [string, string][]) => found('tolerance', `${socket}${line}\n`, options)

it('takes ranges wider than the tolerance, and delays beyond it', () => {
  expect(check('+.1~+.2 > . 1:1(0)')).toEqual([])
  expect(check('+.01 > . 1:1(0)')).toEqual([])
  expect(check('+0 > . 1:1(0)')).toEqual([])
  expect(check('* > . 1:1(0)')).toEqual([])
  expect(check('+.001 < . 1:1(0) win 5')).toEqual([])
})

it('warns of a range that the tolerance widens to more than itself', () => {
  // 12.5 % of 0.3 s.
  expect(check('+.3~+.31 > . 1:1(0)')).toMatchObject([
    {
      severity: 'warning',
      line: 2,
      column: 1,
      at: '+.3~+.31',
      hint: expect.stringContaining('0.262500 s to 0.347500 s'),
    },
  ])
  expect(check('+.3~+.31 > . 1:1(0)', ['tolerance_percent', '0'])).toEqual([])
})

it('warns of a delay within the tolerance', () => {
  expect(check('+.003 > . 1:1(0)')).toMatchObject([{ severity: 'warning', line: 2, column: 1, at: '+.003' }])
  expect(check('+.003 > . 1:1(0)', ['tolerance_usecs', '1000'])).toEqual([])
})
