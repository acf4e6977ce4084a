// Shell commands of a script: `/bin/sh -c` as a direct child of the run's process, on the interpreter's thread, so that
// it lives in the run's network namespace. Read first: system(3), language/4-running.md 5.
import { spawnSync } from 'node:child_process'
import { Problem } from '../trace/problem.js'

/** Runs `text` to its end. Null where it succeeded, else upstream's words, such as `non-zero status 1`. */
export function runShell(text: string): string | null {
  const ran = spawnSync('/bin/sh', ['-c', text], { stdio: 'inherit' })
  if (ran.error !== undefined) return ran.error.message
  return shellFailure(ran)
}

/** As upstream reads system(3)'s status: a shell killed by another signal than these counts as success. */
export function shellFailure({
  status,
  signal,
}: {
  status: number | null
  signal: NodeJS.Signals | null
}): string | null {
  if (signal === 'SIGINT') return 'got signal 2 (Interrupt)'
  if (signal === 'SIGQUIT') return 'got signal 3 (Quit)'
  return status === null || status === 0 ? null : `non-zero status ${status}`
}

/** A command that failed: `what` it is in our sentence, and upstream's words before the reason. */
export function commandProblem(what: string, why: string, upstream: string): Problem {
  const hint = 'its output is above, if it said anything'
  return new Problem('LD_COMMAND', `${what} failed: ${why}`, `${upstream}: ${why}`, { hint })
}
