import { describe, expect, it } from 'vitest'
import { callProblem, packetProblem, skip } from '../../src/trace/problem.js'

describe('a problem', () => {
  it('has our sentence and upstream’s', () => {
    expect(callProblem('read', 'why', 'do this')).toMatchObject({
      code: 'LD_CALL',
      verdict: 'fail',
      message: 'read(): why',
      upstream: 'runtime error in read call: why',
      detail: { hint: 'do this' },
    })
    expect(skip('wings')).toMatchObject({ code: 'LD_UNSUPPORTED', verdict: 'skip', message: 'skipped: needs wings' })
  })

  it('of a packet takes upstream’s dumps behind its words, and keeps the rest', () => {
    const problem = packetProblem('why', 'do this', { differences: [] }).withUpstreamDump('\nscript packet: x')
    expect(problem).toMatchObject({
      code: 'LD_PACKET',
      message: 'why',
      upstream: 'error handling packet: why\nscript packet: x',
      detail: { hint: 'do this', differences: [] },
    })
  })
})
