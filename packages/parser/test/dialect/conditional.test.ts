import { describe, expect, it } from 'vitest'
import { formatScript } from '../../src/index.js'
import { refusal, script } from '../support/parse.js'

const names = (text: string, defines = new Map<string, string>()) =>
  script(text, { defines }).events.map(({ action }) => (action.type === 'call' ? action.name : action.type))

describe('conditions', () => {
  const text =
    '0 a() = 0\n#ifdef FreeBSD\n+0 b() = 0\n#else\n+0 c() = 0\n#endif\n#ifndef X\n+0 d() = 0\n#endif\n+0 e() = 0\n'

  it('leave out what is not for Linux', () => {
    expect(names(text)).toEqual(['a', 'c', 'd', 'e'])
    const { conditionals, excluded } = script(text)
    expect(excluded).toHaveLength(1)
    expect(conditionals.map(({ directive, name }) => [directive, name])).toEqual([
      ['ifdef', 'FreeBSD'],
      ['else', null],
      ['endif', null],
      ['ifndef', 'X'],
      ['endif', null],
    ])
    expect(names('#ifdef Linux\n0 a() = 0\n#endif\n0 b() = 0')).toEqual(['a', 'b'])
  })
  it('ask for defines, by their name and not by what they stand for', () => {
    const defines = new Map([
      ['FreeBSD', '1'],
      ['X', '"x"'],
    ])
    expect(names(text, defines)).toEqual(['a', 'b', 'e'])
  })
  it('may stand within one another, and before everything', () => {
    const nested = '#ifdef A\n#ifdef B\n0 x() = 0\n#endif\n0 y() = 0\n#endif\n0 z() = 0\n'
    expect(names(nested)).toEqual(['z'])
    expect(names(nested, new Map([['A', '']]))).toEqual(['y', 'z'])
    expect(names(nested, new Map([['B', '']]))).toEqual(['z'])
  })
  it('keep the init command in its place', () => {
    expect(script('#ifdef A\n`x`\n#endif\n0 a() = 0').init?.text).toBe('x')
  })
  it.each([
    ['0 a() = 0\n#ifdef A\n+0 b() = 0', '3:11', "expected '#endif' for each '#ifdef', found the end of the script"],
    ['0 a() = 0\n#endif\n', '2:1', "expected no '#endif' without its '#ifdef', found '#'"],
    ['#ifdef A\n#else\n#else\n#endif\n0 a() = 0', '3:1', "expected no '#else' without its '#ifdef', found '#'"],
    ['0 a() = 0\n#ifdef 5\n', '2:8', 'expected the name that is asked for, found the number 5'],
    ['#ifdef A\n0 b( = 0\n#endif\n0 a() = 0', '2:6', "expected an argument or ')', found '='"],
  ])('%j is refused', (broken, place, message) => {
    const found = refusal(broken)
    expect([`${found.line}:${found.column}`, found.message]).toEqual([place, message])
  })
  it('are kept by the formatter, with what they leave out', () => {
    const formatted = formatScript('0 a() = 0\n#ifdef FreeBSD\n+0 b(1,2) = 0\n#endif\n+0   c() = 0\n').text
    expect(formatted).toBe('    0 a() = 0\n#ifdef FreeBSD\n   +0 b(1, 2) = 0\n#endif\n   +0 c() = 0\n')
  })
})
