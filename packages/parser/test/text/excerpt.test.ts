import { describe, expect, it } from 'vitest'
import { excerpt } from '../../src/text/excerpt.js'

const at = (text: string, what: string) => {
  const start = text.indexOf(what)
  return excerpt(text, { start, end: start + what.length })
}

describe('excerpt', () => {
  it('shows the line with carets under the span', () => {
    expect(at('0 a() = 0\n+0 foo() = 1\n', 'foo')).toBe('   2 | +0 foo() = 1\n     |    ^^^')
  })

  it('keeps tabs before the carets', () => {
    expect(at('\t0\tfoo() = 0', 'foo')).toBe('   1 | \t0\tfoo() = 0\n     | \t \t^^^')
  })

  it('marks an empty span with one caret, also behind the end', () => {
    expect(excerpt('abc', { start: 3, end: 3 })).toBe('   1 | abc\n     |    ^')
    expect(excerpt('', { start: 0, end: 0 })).toBe('   1 | \n     | ^')
    expect(excerpt('abc\n', { start: 90, end: 99 })).toBe('   2 | \n     | ^')
  })

  it('marks the first line of a span over several', () => {
    expect(excerpt('ab\ncd\nef', { start: 1, end: 7 })).toBe('   1 | ab\n     |  ^')
  })

  it('leaves a carriage return out', () => {
    expect(at('abc x\r\n', 'x')).toBe('   1 | abc x\n     |     ^')
  })

  it('cuts a long line around the span', () => {
    const [line, carets] = at(`${'a'.repeat(500)}HERE${'b'.repeat(500)}`, 'HERE').split('\n')
    expect(line?.length).toBeLessThan(180)
    expect(line).toMatch(/^ {3}1 \| …a+HEREb+…$/)
    expect(carets?.indexOf('^')).toBe(line?.indexOf('HERE'))
    expect(carets).toMatch(/ \^\^\^\^$/)
  })

  it('cuts a long line at its start only behind the span', () => {
    const [line, carets] = at(`HERE${'b'.repeat(500)}`, 'HERE').split('\n')
    expect(line).toMatch(/^ {3}1 \| HEREb+…$/)
    expect(carets).toBe('     | ^^^^')
  })
})
