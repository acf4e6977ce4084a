import { describe, expect, it } from 'vitest'
import { Arguments } from '../../src/call/arguments.js'
import { evaluate } from '../../src/call/evaluate.js'
import { action } from '../support/calls.js'

const args = (text: string) => new Arguments(action(`f(${text}) = 0`).args.map(evaluate))

describe('arguments', () => {
  it.each([
    ['2147483648', -2147483648],
    ['4294967295', -1],
    ['-2147483648', -2147483648],
  ])('of 32 bits are cut to signed: %s', (text, number) => {
    expect(args(text).s32(0)).toBe(number)
  })

  it.each<[string, (given: Arguments) => unknown, string]>([
    ['4294967296', (given) => given.s32(0), 'Value out of range for 32-bit integer: 4294967296'],
    ['-2147483649', (given) => given.s32(0), 'Value out of range for 32-bit integer: -2147483649'],
    ['...', (given) => given.s32(0), 'Bad type; actual: ellipsis expected: integer'],
    ['"x"', (given) => given.s32(0), 'Bad type; actual: string expected: integer'],
    ['5', (given) => given.ellipsis(0), 'Bad type; actual: integer expected: ellipsis'],
    ['5', (given) => given.list(0), 'Bad type; actual: integer expected: list'],
    ['5', (given) => given.bracketed(0), 'Bad type; actual: integer expected: list'],
    ['[]', (given) => given.bracketed(0), 'Expected [<element>] but got multiple elements'],
    ['[1, 2]', (given) => given.bracketed(0), 'Expected [<element>] but got multiple elements'],
    ['[...]', (given) => given.bracketed(0), 'Bad type; actual: ellipsis expected: integer'],
    ['5', (given) => given.nullBuffer(0), 'Expected ... or NULL for buffer'],
    ['"x"', (given) => given.nullBuffer(0), 'Expected ... or NULL for buffer'],
    ['5', (given) => given.count(2), 'Expected 2 args but got 1'],
    ['5', (given) => given.at(1), 'Argument list too short'],
  ])('(%s) are refused in upstream’s words', (text, ask, message) => {
    expect(() => ask(args(text))).toThrow(message)
  })

  it('may be NULL for a buffer, also as 0', () => {
    expect(['...', 'NULL', '0'].map((text) => args(text).nullBuffer(0))).toEqual([false, true, true])
  })
})
