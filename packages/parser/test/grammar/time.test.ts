import { describe, expect, it } from 'vitest'
import { event, refusal, upstream } from '../support/parse.js'

const OUT = ' > . 1:1(0)'

describe('times', () => {
  it.each([
    ['0', 'absolute', 0, null],
    ['1', 'absolute', 1_000_000, null],
    ['.5', 'absolute', 500_000, null],
    ['2.25', 'absolute', 2_250_000, null],
    ['-0', 'absolute', 0, null],
    ['-.0', 'absolute', 0, null],
    ['+.1', 'relative', 100_000, null],
    ['+ 0', 'relative', 0, null],
    ['*', 'any', 0, null],
    ['1~2.5', 'absolute-range', 1_000_000, 2_500_000],
    ['1 ~ 1', 'absolute-range', 1_000_000, 1_000_000],
    ['+.1~+.2', 'relative-range', 100_000, 200_000],
    // Through a double and cut, as upstream does it: about one six-digit literal in a hundred loses a microsecond.
    ['1.001', 'absolute', 1_000_999, null],
    ['0.000249', 'absolute', 248, null],
  ])('%s', (text, kind, us, endUs) => {
    const { time } = event(text + OUT)
    expect(time).toEqual({ kind, us, endUs, span: { start: 0, end: text.length } })
  })

  it.each([
    ['1e3', '1e3'],
    ['3s', '3s'],
    ['0x1', '0x1'],
    ['+*', '*'],
    ['+-', '-'],
    ['+0~1', '1'],
    ['0~+1', '+'],
    ['*~1', '~'],
    ['1.', '.'],
    ['0...1', '>'],
  ])('refuses %s', (text, token) => {
    expect(upstream(text + OUT)).toBe(`parse error at '${token}': syntax error`)
  })

  it.each(['-1', '+-1', '-.000001', '0~-1', '+0~+-1'])('refuses %s as negative', (text) => {
    expect(upstream(text + OUT)).toBe('negative time')
  })

  it('may be an integer from a define', () => {
    const defines = new Map([
      ['T', '2'],
      ['N', '-2'],
      ['F', '1.5'],
    ])
    expect(event(`+T${OUT}`, { defines }).time.us).toBe(2_000_000)
    expect(upstream(`+N${OUT}`, { defines })).toBe('negative time')
    expect(upstream(`+F${OUT}`, { defines })).toBe("parse error at 'F': syntax error")
  })
})

describe('the line of an event', () => {
  it.each([
    ['\n0', 2],
    ['\n+\n0', 3],
    ['\n1\n~\n2', 2],
    ['\n+\n1~+2', 2],
    ['\n*', 2],
  ])('%j is %i', (text, line) => {
    expect(event(text + OUT).line).toBe(line)
  })
})

describe('times and actions', () => {
  const actions = [' < . 1:1(0) win 1', ' a() = 0', ' `x`', ' %{x}%']

  it.each(actions)('of%s take no star and no range', (action) => {
    expect(upstream(`*${action}`)).toBe('event time <star> can only be used with outbound packets')
    expect(upstream(`0~1${action}`)).toBe('event time range can only be used with outbound packets')
    expect(upstream(`+0~+1${action}`)).toBe('event time range can only be used with outbound packets')
  })
  it('refuses a range that ends before it starts, when the action has been read', () => {
    expect(upstream('2~1 > . 1:1(0)')).toBe('time range is backwards')
    expect(upstream('+2~+1 > . 1:1(0)')).toBe('time range is backwards')
    expect(upstream('2~1 > . 1:2(0)')).toBe('inconsistent TCP sequence numbers and payload size')
    expect(refusal('\n2~1 > . 1:1(0)').span).toEqual({ start: 1, end: 4 })
  })
})
