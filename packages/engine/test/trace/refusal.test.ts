import { describe, expect, it } from 'vitest'
import { EngineError } from '../../src/errors.js'
import { refusal, wordsOf } from '../../src/trace/refusal.js'

describe('a thrown error', () => {
  it('of ours keeps its code and says what to do, to upstream’s readers too', () => {
    expect(wordsOf(new EngineError('LD_X', 'it is broken', 'mend it'))).toEqual({
      verdict: 'error',
      code: 'LD_X',
      message: 'it is broken',
      hint: 'mend it',
      upstream: 'it is broken\nmend it',
    })
    expect(wordsOf(new EngineError('LD_X', 'it is broken'))).toMatchObject({ hint: null, upstream: 'it is broken' })
  })

  it.each([new TypeError('x is not y'), Object.assign(new Error('x'), { code: 'ENOENT' })])(
    'that nobody foresaw is a defect: %s',
    (error) => {
      expect(wordsOf(error)).toMatchObject({ code: 'LD_INTERNAL', hint: expect.stringContaining('please report it') })
    },
  )
})

describe('a refusal', () => {
  it('is a failure without anything that happened', () => {
    expect(refusal(wordsOf(new EngineError('LD_X', 'm')), { line: 3, column: 4 })).toEqual({
      verdict: 'error',
      code: 'LD_X',
      line: 3,
      column: 4,
      message: 'm',
      hint: null,
      upstream: 'm',
      packets: null,
      differences: [],
      time: null,
      lateness: [],
      before: [],
    })
  })
})
