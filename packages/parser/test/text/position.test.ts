import { describe, expect, it } from 'vitest'
import { lineOf } from '../../src/text/position.js'

describe('lineOf', () => {
  it.each([
    ['', 0, 1, 1],
    ['abc', 2, 1, 3],
    ['a\nb', 1, 1, 2],
    ['a\nb', 2, 2, 1],
    ['a\n\nb', 3, 3, 1],
    ['a\n', 2, 2, 1],
    ['a\r\nb', 3, 2, 1],
  ])('%j at %i is line %i, column %i', (text, offset, line, column) => {
    expect(lineOf(text, offset)).toEqual({ line, column })
  })

  it('takes offsets outside of the text for its ends', () => {
    expect(lineOf('a\nb', -5)).toEqual({ line: 1, column: 1 })
    expect(lineOf('a\nb', 99)).toEqual({ line: 2, column: 2 })
  })
})
