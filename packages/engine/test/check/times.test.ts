import { expect, it } from 'vitest'
import { found } from '../support/check.js'

const check = (text: string) => found('times', text)
const socket = '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n'

it('takes times that run on', () => {
  const text = `${socket}0.1 bind(3, ..., ...) = 0
0.1 listen(3, 1) = 0
+.1 < S 0:0(0) win 1000
0.2 > S. 0:0(0) ack 1
+0...0.3 accept(3, ..., ...) = 4
+.1 < . 1:1(0) ack 1 win 5
+.25 close(3) = 0\n`
  expect(check(text)).toEqual([])
  expect(check('+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n')).toEqual([])
})

it('wants the first event at 0', () => {
  expect(check('0.1 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n')).toMatchObject([
    { severity: 'error', line: 1, column: 1, at: '0.1' },
  ])
})

it('refuses absolute times that run backward', () => {
  expect(check(`${socket}0.2 bind(3, ..., ...) = 0\n0.1 close(3) = 0\n`)).toMatchObject([
    { severity: 'error', line: 3, column: 1, at: '0.1', message: expect.stringContaining('backward') },
  ])
})

it('refuses an absolute time that has passed when its turn comes, but not within the tolerance', () => {
  expect(check(`${socket}+.2 bind(3, ..., ...) = 0\n0.1 close(3) = 0\n`)).toMatchObject([
    { severity: 'error', line: 3, at: '0.1', message: expect.stringContaining('0.200000 s at least') },
  ])
  expect(check(`${socket}+.2 bind(3, ..., ...) = 0\n0.199 close(3) = 0\n`)).toEqual([])
  const packet = `${socket}+.2 bind(3, ..., ...) = 0\n0.1 > . 1:1(0)\n`
  expect(check(packet)).toMatchObject([{ severity: 'warning', line: 3, at: '0.1' }])
})

it('knows that a packet may come early, by as much as its tolerance', () => {
  const early = `${socket}+0.8 > . 1:1(0)\n0.72 close(3) = 0\n`
  expect(check(early)).toEqual([])
  expect(check(early.replace('0.72', '0.69'))).toMatchObject([{ severity: 'error', line: 3, at: '0.69' }])
})

it('refuses a call that returns before it starts', () => {
  expect(check(`${socket}+.2...0.1 accept(3, ..., ...) = 4\n`)).toMatchObject([
    { severity: 'error', line: 2, column: 1, at: '+.2...0.1 ', message: expect.stringContaining('accept()') },
  ])
})

it('warns of a call while another one blocks', () => {
  const text = `${socket}+0...0.5 accept(3, ..., ...) = 4\n+.1 getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0\n`
  expect(check(text)).toMatchObject([{ severity: 'warning', line: 3, column: 1, at: '+.1' }])
  expect(check(text.replace('+.1 get', '* > . 1:1(0)\n+.1 get'))).toEqual([])
})
