import { describe, expect, it } from 'vitest'
import { FlowLabels } from '../../src/flow/flow-labels.js'

/** What is said of pairs of a script's and a live label, one after the other. */
function said(...pairs: readonly (readonly [script: number, live: number])[]) {
  const labels = new FlowLabels()
  return pairs.map(([script, live]) => labels.check(script, live))
}

const same = 'expected a different flowlabel but got the same'
const inconsistent = (expected: string, actual: string) =>
  `inconsistent flowlabels for this packet: expected: ${expected} vs actual: ${actual}`

describe('flow labels', () => {
  it('are compared by identity: the same one stays, another one changes', () => {
    expect(said([1, 0xabc], [1, 0xabc], [2, 0xdef], [2, 0xdef], [1, 0xabc])).toEqual([null, null, null, null, null])
  })

  it('that the script does not name may be any, and teach nothing', () => {
    expect(said([0, 5], [0, 0], [1, 6], [0, 7], [1, 6])).toEqual([null, null, null, null, null])
  })

  it('must be there', () => {
    expect(said([1, 0])).toEqual(['flowlabel unmarked in the live packet'])
  })

  it('may not change under one name, nor stay under another', () => {
    expect(said([1, 0xabc], [1, 0xabd])).toEqual([null, inconsistent('0xabc', '0xabd')])
    expect(said([1, 0xabc], [2, 0xabc])).toEqual([null, same])
  })

  it('are remembered one pair at a time, and not from a packet that is wrong', () => {
    expect(said([1, 5], [2, 6], [1, 9])).toEqual([null, null, null])
    expect(said([1, 5], [1, 6], [1, 5])).toEqual([null, inconsistent('0x5', '0x6'), null])
  })
})
