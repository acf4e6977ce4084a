// One script on several stacks: whether they come to the same, and where they go apart. Pure.
import type { RunResult } from '../run/types.js'
import { type Divergence, firstDivergence } from './divergence.js'

export interface Comparison {
  readonly script: string
  /** One for each stack, in the order of the stacks; each is compared with the first. */
  readonly runs: readonly RunResult[]
  /** Whether their verdicts differ: another word, or another line of the script. */
  readonly verdictsDiffer: boolean
  /** By run; null: its trace agrees with the first one's. */
  readonly divergences: readonly (Divergence | null)[]
}

/** `runs`: of one script, with traces in mapped numbers; at least one. */
export function compareRuns(runs: readonly RunResult[]): Comparison {
  const [first] = runs
  if (first === undefined) throw new RangeError('a comparison needs a run')
  return {
    script: first.script,
    runs,
    verdictsDiffer: runs.some(({ verdict, line }) => verdict !== first.verdict || line !== first.line),
    divergences: runs.map((run) => firstDivergence(first, run)),
  }
}
