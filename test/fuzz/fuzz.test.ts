// A short run of every fuzz target; a finding prints its seed and its smallest counterexample. Long runs: npm run fuzz.
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { targets } from '../../tools/fuzz/targets.mjs'

describe('the fuzz target', () => {
  it.each(targets.map(({ name, property }) => [name, property] as const))(
    '%s holds',
    { timeout: 60_000 },
    (_name, property) => {
      fc.assert(property, { numRuns: 1000, interruptAfterTimeLimit: 3000, markInterruptAsFailure: false })
    },
  )
})
