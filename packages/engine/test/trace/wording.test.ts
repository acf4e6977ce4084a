import { describe, expect, it } from 'vitest'
import type { Failure } from '../../src/trace/failure.js'
import { failureText, oneLine } from '../../src/trace/wording.js'

const script = '0 socket(..., SOCK_STREAM, 6) = 3\n+.1 > S. 0:0(0) ack 2\n'
const span = { start: 34, end: 55 }
const bare: Failure = {
  verdict: 'fail',
  code: 'LD_PACKET',
  line: 2,
  column: 1,
  message: 'what is wrong',
  hint: null,
  upstream: '',
  packets: null,
  differences: [],
  time: null,
  lateness: [],
  before: [],
}
const row = (part: string, expected: string, actual: string) => ({
  part,
  expected,
  actual,
  differs: expected !== actual,
})
const text = (change: Partial<Failure>) => failureText('a.pkt', script, { ...bare, ...change }, null)

describe('the text of a failure', () => {
  it('has place, line, packets, times, what was before, and a hint', () => {
    const failure: Failure = {
      ...bare,
      hint: 'do this',
      packets: {
        expected: '',
        actual: '',
        rows: [row('flags', 'S.', 'S.'), row('seq', '0:0(0)', '0:0(0)'), row('ack', '2', '1'), row('win', '9', '9')],
      },
      time: { expectedUs: 100_000, endUs: null, actualUs: 100_030, toleranceUs: 12_500 },
      before: [
        { line: 1, atUs: 20, text: 'socket(...)' },
        { line: 12, atUs: 1_500_000, text: 'something' },
      ],
    }
    expect(failureText('a.pkt', script, failure, span)).toMatchInlineSnapshot(`
      "a.pkt:2:1: fail: what is wrong
         2 | +.1 > S. 0:0(0) ack 2
           | ^^^^^^^^^^^^^^^^^^^^^
               expected  actual
        flags  S.        S.
        seq    0:0(0)    0:0(0)
        ack    2         1       <-- differs
        win    9         9
        time: expected 0.100000 s, happened at 0.100030 s (30 us late; tolerance 12500 us)
        before:
            0.000020  line  1  socket(...)
            1.500000  line 12  something
        hint: do this"
    `)
  })

  it('without a place begins with the path', () => {
    expect(text({ line: null, column: null, verdict: 'error' })).toBe('a.pkt: error: what is wrong')
    expect(text({ column: null })).toBe('a.pkt:2:1: fail: what is wrong')
  })

  it.each([
    [
      { expectedUs: 100_000, endUs: null, actualUs: 90_000, toleranceUs: 4000 },
      '0.100000 s, happened at 0.090000 s (10000 us early; tolerance 4000 us)',
    ],
    [
      { expectedUs: 100_000, endUs: 200_000, actualUs: 150_000, toleranceUs: 4000 },
      '0.100000~0.200000 s, happened at 0.150000 s (in time; tolerance 4000 us)',
    ],
    [
      { expectedUs: 100_000, endUs: 200_000, actualUs: 207_000, toleranceUs: 4000 },
      '0.100000~0.200000 s, happened at 0.207000 s (7000 us late; tolerance 4000 us)',
    ],
  ])('says how far off the time was', (time, words) => {
    expect(text({ time })).toBe(`a.pkt:2:1: fail: what is wrong\n  time: expected ${words}`)
  })
})

describe('a stretch of the script', () => {
  it('is put on one line', () => {
    const source = '  a(\n\t b)  '
    expect(oneLine(source, { start: 0, end: source.length })).toBe('a( b)')
  })

  it('is cut where it is long', () => {
    const shown = oneLine('x'.repeat(200), { start: 0, end: 200 })
    expect([shown.length, shown.at(-1)]).toEqual([96, '…'])
    expect(oneLine('x'.repeat(96), { start: 0, end: 96 })).toBe('x'.repeat(96))
  })
})
