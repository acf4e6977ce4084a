// Runs as the runner lets them go side by side, told in the order given. Supervisor, main thread.
import { createRunner, type RunnerOptions, type RunRequest, type RunResult } from '@lunadrill/engine'
import { untilSignal } from '../exit/signals.js'

export interface Listener {
  result(result: RunResult): void
  /** All have been told; the exit status. */
  end(): number
}

/** Resolves to the exit status; after a signal nothing more is told, and it is the signal's. */
export function runInOrder(
  requests: readonly RunRequest[],
  options: RunnerOptions,
  listener: Listener,
): Promise<number> {
  const runner = createRunner(options)
  const work = async (interrupted: AbortSignal) => {
    // All of them are given at once: the runner knows how many go side by side.
    const runs = requests.map((request) => runner.run(request))
    for (const run of runs) run.catch(() => {})
    for (const run of runs) {
      const result = await run
      if (interrupted.aborted) break
      listener.result(result)
    }
    return interrupted.aborted ? 0 : listener.end()
  }
  return untilSignal(work, () => runner.close())
}
