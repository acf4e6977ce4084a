import { expect, it } from 'vitest'
import { compareRuns } from '../../src/compare/comparison.js'
import type { RunResult } from '../../src/run/types.js'

const run = (change: Partial<RunResult>): RunResult => ({
  script: 'a.pkt',
  stack: 'kernel',
  family: 'ipv4',
  clock: 'virtual',
  verdict: 'pass',
  line: null,
  message: null,
  upstream: null,
  failure: null,
  warnings: [],
  trace: ['0.000000  call  socket -1 = 3'],
  verbose: [],
  attempts: [],
  worstLateUs: 0,
  wallS: 0,
  cpuS: 0,
  ...change,
})

it('compares each run with the first', () => {
  const other = run({ trace: ['0.000000  call  socket -1 = -1 EPERM'] })
  const { script, verdictsDiffer, divergences } = compareRuns([run({}), run({}), other])
  expect({ script, verdictsDiffer }).toEqual({ script: 'a.pkt', verdictsDiffer: false })
  expect(divergences).toEqual([null, null, { before: [], first: run({}).trace[0], second: other.trace[0] }])
})

it('tells verdicts apart by word and by line', () => {
  const failing = (line: number) => run({ verdict: 'fail', line })
  const differ = (...runs: RunResult[]) => compareRuns(runs).verdictsDiffer
  expect([
    differ(failing(3), failing(3)),
    differ(failing(3), failing(4)),
    differ(run({}), run({}), failing(3)),
  ]).toEqual([false, true, true])
})
