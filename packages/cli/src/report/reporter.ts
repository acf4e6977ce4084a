// What a report of `lunadrill run` is made of: the runs to come, each result as soon as it is there, the end.
import type { RunResult } from '@lunadrill/engine'

/** One run: a script on a stack. */
export interface Planned {
  readonly script: string
  readonly stack: string
}

export interface Reporter {
  result(result: RunResult): void
  end(): void
}
