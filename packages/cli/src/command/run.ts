// `lunadrill run`: each script on each stack, one after the other, in one warm child process.
// Supervisor, main thread. Read first: ../args/run-args.ts.
import { builtinStackPath, type RunRequest, usesAddressSanitizer, type Verdict } from '@lunadrill/engine'
import { parseRun, type RunPlan } from '../args/run-args.js'
import { commandUsage } from '../args/usage.js'
import { UsageError } from '../args/usage-error.js'
import { exitStatus, statusOf } from '../exit/status.js'
import { jsonReporter } from '../report/json.js'
import { prettyReporter } from '../report/pretty.js'
import type { Screen } from '../terminal/screen.js'
import { runInOrder } from './in-order.js'
import { isFor, type ListedScript, listScripts } from './script-list.js'
import { type BuiltinStackPath, stackChoice } from './stack-lookup.js'
import { TraceFile } from './trace-file.js'

/** Resolves to the exit status. Rejects with UsageError, or with what kept the engine from starting. */
export async function runCommand(args: readonly string[], screen: Screen): Promise<number> {
  const given = parseRun(args)
  if (given === 'help') {
    screen.out(commandUsage('run'))
    return exitStatus.pass
  }
  const scripts = listScripts(given.scripts)
  const requests = plan(given, scripts, builtinStackPath, given.trace === null ? undefined : 'live')
  tellLeftOut(scripts, given.stacks, screen)
  const traces = given.trace === null ? null : new TraceFile(given.trace)
  const json = given.reporter === 'json'
  const planned = requests.map(({ scriptPath, stack }) => ({ script: scriptPath, stack: stack.name }))
  const reporter = json ? jsonReporter(screen) : prettyReporter(screen, planned)
  const verdicts: Verdict[] = []
  const { netns, jobs } = given
  return runInOrder(
    requests,
    { netns, commandOutput: json ? 'stderr' : 'stdout', jobs },
    {
      result(result) {
        verdicts.push(result.verdict)
        reporter.result(result)
        traces?.add(result)
      },
      end() {
        reporter.end()
        traces?.write()
        return statusOf(verdicts)
      },
    },
  )
}

function tellLeftOut(scripts: readonly ListedScript[], stacks: readonly string[], screen: Screen): void {
  const others = scripts.filter((script) => !stacks.some((word) => isFor(script, word)))
  if (others.length === 0) return
  const names = [...new Set(others.flatMap((script) => script.stacks ?? []))].sort().join(', ')
  screen.err(`left out: ${others.length} script${others.length === 1 ? '' : 's'} for other stacks (${names})`)
}

/** All runs, before the first begins: a stack that is not there shows at once. Throws UsageError. */
export function plan(
  given: RunPlan,
  scripts: readonly ListedScript[],
  builtin: BuiltinStackPath,
  trace?: RunRequest['trace'],
): readonly RunRequest[] {
  if (given.clock === 'virtual' && given.stacks.every((word) => word === 'kernel')) {
    throw new UsageError(
      'error: the kernel runs in wall time only: --clock=virtual is for userspace stacks (--stack=lwip)',
    )
  }
  const requests = scripts.flatMap((script) => {
    const scriptPath = script.path
    const stacks = given.stacks.filter((word) => isFor(script, word))
    return stacks.map((word): RunRequest => {
      const stack = stackChoice(word, scriptPath, builtin)
      const { kind } = stack
      return {
        scriptPath,
        stack,
        // Kernels have no choice of clock, and netstat and ss of their own.
        clock: kind === 'kernel' ? 'wall' : kind === 'uml' ? 'virtual' : given.clock,
        options: given.options,
        adminPort: kind === 'userspace' ? given.adminPort : 0,
        asan: given.asan,
        ...(trace !== undefined && { trace }),
        ...(kind === 'uml' && { seed: given.seed }),
      }
    })
  })
  if (requests.length === 0) {
    throw new UsageError(`error: no script in ${given.scripts.join(', ')} is for ${given.stacks.join(', ')}`, false)
  }
  if (given.asan && !requests.some(({ stack }) => stack.kind === 'userspace' && usesAddressSanitizer(stack.soPath))) {
    throw new UsageError('error: --asan: none of these stacks is built with -fsanitize=address', false)
  }
  return requests
}
