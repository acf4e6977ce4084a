// What a rule of the static check is: it looks at a parsed script and reports.
import type { Script } from '@lunadrill/parser'
import type { RunOptions } from '../run/types.js'
import type { Report } from './finding.js'

export interface CheckedScript {
  readonly text: string
  readonly script: Script
  /** The script's own and the command line's. */
  readonly options: RunOptions
}

export interface Rule {
  /** Stable: reports and tests name it. */
  readonly name: string
  readonly check: (script: CheckedScript, report: Report) => void
}
