import { describe, expect, it } from 'vitest'
import { bare, call, upstream } from '../support/parse.js'

const plain = {
  type: 'call',
  name: 'a',
  args: [],
  result: { type: 'integer', value: 0n, text: '0' },
  errno: null,
  note: null,
  returnUs: null,
}

describe('system calls', () => {
  it.each([
    ['0 a() = 0', plain],
    ['0 a() = 0 (flags O_RDWR)', { ...plain, note: 'flags O_RDWR' }],
    ['0 a() = 0 (x)', { ...plain, note: 'x' }],
    ['0 a() = 0 E (x y)', { ...plain, errno: { name: 'E' }, note: 'x y' }],
    ['0 a() = 0 E (x y) (flags z)', { ...plain, errno: { name: 'E' }, note: 'x y) (flags z' }],
    ['0...1.5 a() = 0', { ...plain, returnUs: 1_500_000 }],
    ['+0 ... 1 a() = 0', { ...plain, returnUs: 1_000_000 }],
    ['5...1 a() = 0', { ...plain, returnUs: 1_000_000 }],
    ['0 a() = ...', { ...plain, result: { type: 'ellipsis' } }],
    ['0 a() = X', { ...plain, result: { type: 'word', name: 'X' } }],
    ['0 1a() = 0', { ...plain, name: '1a' }],
  ])('%s', (text, expected) => {
    expect(bare(call(text))).toEqual(expected)
  })

  it('have places for the name and the errno', () => {
    const { span, nameSpan, errno } = call('0...1 abc(5) = -1 EAGAIN (x)')
    expect({ span, nameSpan, errno: errno?.span }).toEqual({
      span: { start: 1, end: 28 },
      nameSpan: { start: 6, end: 9 },
      errno: { start: 18, end: 24 },
    })
  })

  it.each([
    ['0 a', ''],
    ['0 raw() = 0', 'raw'],
    ['0 a(1 2) = 0', '2'],
    ['0 a(,1) = 0', ','],
    ['0 a(1,) = 0', ')'],
    ['0 a() 0', '0'],
    ['0 a() = 0 E', ''],
    ['0 a() = 0 E ()', ')'],
    ['0 a() = 0 ()', ')'],
    ['0 a() = 0 (a|b)', '|'],
    ['0 a() = 0 (x off)', 'off'],
    ['0 a() = 0 (x) (y)', '('],
    ['0 a() = 0 E (x) (y) (z)', '('],
    ['0...a() = 0', 'a'],
    ['0... -1 a() = 0 x', null],
  ])('refuses %s at %j', (text, token) => {
    expect(upstream(`${text}\n`)).toBe(token === null ? 'negative time' : `parse error at '${token}': syntax error`)
  })
})
