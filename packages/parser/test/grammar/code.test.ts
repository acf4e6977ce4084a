import { describe, expect, it } from 'vitest'
import { event } from '../support/parse.js'

describe('code', () => {
  it.each([
    ['0 %{}%', '', 1, 5],
    ['0 %{ x = 1 }%', 'x = 1', 1, 6],
    ['0 %{\t x\t }%', 'x', 1, 7],
    ['0 %{ \t }%', '', 1, 8],
    ['0 %{ x={}}%', 'x={}', 1, 6],
    ['0\n  %{ a\n  b\n }%', 'a\n  b\n', 2, 6],
    ['0 %{\n  a }%', '\n  a', 1, 5],
  ])('%j', (text, code, line, column) => {
    expect(event(text).action).toMatchObject({ type: 'code', text: code, line, column })
  })
})
