// `lunadrill stack-check`: holds the shared object of a stack against its interface. Supervisor, main thread.
// Read first: engine/src/stack-check/check-stack.ts.
import { builtinStackPath, checkStack } from '@lunadrill/engine'
import { parseStackCheck } from '../args/stack-args.js'
import { commandUsage } from '../args/usage.js'
import { UsageError } from '../args/usage-error.js'
import { untilSignal } from '../exit/signals.js'
import { exitStatus } from '../exit/status.js'
import { jsonStackCheck, prettyStackCheck } from '../report/stack-check.js'
import type { Screen } from '../terminal/screen.js'
import { stackChoice } from './stack-lookup.js'

/** Resolves to the exit status. Rejects with UsageError, or EngineError where there is nothing to check. */
export async function stackCheckCommand(args: readonly string[], screen: Screen): Promise<number> {
  const given = parseStackCheck(args)
  if (given === 'help') {
    screen.out(commandUsage('stack-check'))
    return exitStatus.pass
  }
  const stack = stackChoice(given.stack, '', builtinStackPath)
  if (stack.kind !== 'userspace') throw new UsageError('error: a kernel is no shared object', false)
  const { soPath } = stack
  const stop = new AbortController()
  const work = async () => {
    const result = await checkStack(soPath, { signal: stop.signal })
    screen.out(given.format === 'json' ? jsonStackCheck(result) : prettyStackCheck(result, screen.colour))
    return result.checks.every(({ outcome }) => outcome === 'pass') ? exitStatus.pass : exitStatus.failed
  }
  return untilSignal(work, async () => stop.abort())
}
