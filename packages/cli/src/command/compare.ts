// `lunadrill compare`: the same scripts on several stacks, and where these go apart. Supervisor, main thread.
// Read first: run.ts; engine/src/compare/comparison.ts.
import { builtinStackPath, compareRuns, type RunResult } from '@lunadrill/engine'
import { parseCompare } from '../args/compare-args.js'
import { commandUsage } from '../args/usage.js'
import { exitStatus, statusOf } from '../exit/status.js'
import { differs, jsonComparisons, prettyComparisons } from '../report/comparison.js'
import type { Screen } from '../terminal/screen.js'
import { runInOrder } from './in-order.js'
import { plan } from './run.js'
import { isFor, listScripts } from './script-list.js'

/** Resolves to the exit status. Rejects with UsageError, or with what kept the engine from starting. */
export async function compareCommand(args: readonly string[], screen: Screen): Promise<number> {
  const given = parseCompare(args)
  if (given === 'help') {
    screen.out(commandUsage('compare'))
    return exitStatus.pass
  }
  const { stacks, by, format, netns, jobs } = given
  const listed = listScripts(given.scripts).filter((script) => stacks.every((word) => isFor(script, word)))
  const scripts = listed.map(({ path }) => path)
  // Before the table's head: a stack that is not there shows at once.
  const requests = plan(given, listed, builtinStackPath, 'mapped')
  const reporter = format === 'json' ? jsonComparisons(screen, by) : prettyComparisons(screen, by, { scripts, stacks })
  let status: number = exitStatus.pass
  // Those of one script come one after the other.
  let runs: RunResult[] = []
  return runInOrder(
    requests,
    // The table is all there is on stdout.
    { netns, commandOutput: 'stderr', jobs },
    {
      result(result) {
        runs.push(result)
        if (runs.length < stacks.length) return
        const comparison = compareRuns(runs)
        runs = []
        reporter.comparison(comparison)
        if (differs(comparison, by)) status = Math.max(status, exitStatus.failed)
        if (statusOf(comparison.runs.map(({ verdict }) => verdict)) === exitStatus.error) status = exitStatus.error
      },
      end() {
        reporter.end()
        return status
      },
    },
  )
}
