// The command line of `lunadrill run` → filled options. Read first: command-line.ts.
import { CommandLine } from './command-line.js'
import { UsageError } from './usage-error.js'

/** What is run, and how. */
export interface RunPlan {
  readonly scripts: readonly string[]
  /** `kernel`, `lwip` or a path, in the order given. */
  readonly stacks: readonly string[]
  /** null: virtual where the stack can. */
  readonly clock: 'virtual' | 'wall' | null
  /** 0: none. */
  readonly adminPort: number
  readonly netns: 'private' | 'host'
  /** Runs side by side, 1 to 256. */
  readonly jobs: number
  /** Stacks that are built with AddressSanitizer may run. */
  readonly asan: boolean
  /** Of a kernel in virtual time. */
  readonly seed: number
  /** packetdrill's options for the run, in the order given. */
  readonly options: readonly (readonly [name: string, value: string | null])[]
}

export interface RunArgs extends RunPlan {
  readonly reporter: 'pretty' | 'json'
  /** File for the traces; null: none. */
  readonly trace: string | null
}

/** Throws UsageError; 'help' where help was asked for. */
export function parseRun(args: readonly string[]): RunArgs | 'help' {
  const line = new CommandLine(args, 'lunadrill')
  if (line.has('help')) return 'help'
  const plan = runPlan(line)
  return {
    ...plan,
    stacks: plan.stacks.length === 0 ? ['kernel'] : plan.stacks,
    reporter: line.oneOf('reporter', ['pretty', 'json']) ?? 'pretty',
    trace: line.values('trace').at(-1) ?? null,
  }
}

/** What commands that run scripts have in common. `stacks` may be empty. Throws UsageError. */
export function runPlan(line: CommandLine): RunPlan {
  if (line.operands.length === 0) throw new UsageError('error: missing script path')
  return {
    scripts: line.operands,
    stacks: line.values('stack').flatMap((words) => words.split(',')),
    clock: line.oneOf('clock', ['virtual', 'wall']) ?? null,
    adminPort: line.whole('admin-port', 0, 65535, '; 0: none') ?? 8899,
    netns: line.oneOf('netns', ['private', 'host']) ?? 'private',
    jobs: line.whole('jobs', 1, 256) ?? 1,
    asan: line.has('asan'),
    seed: line.whole('seed', 0, Number.MAX_SAFE_INTEGER) ?? 0,
    options: line.options,
  }
}
