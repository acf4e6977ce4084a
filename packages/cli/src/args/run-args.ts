// The command line of `lunadrill run` → filled options. Read first: command-line.ts.
import { CommandLine } from './command-line.js'
import { UsageError } from './usage-error.js'

export interface RunArgs {
  readonly scripts: readonly string[]
  /** `kernel`, `lwip` or a path, in the order given; at least one. */
  readonly stacks: readonly string[]
  /** null: virtual where the stack can. */
  readonly clock: 'virtual' | 'wall' | null
  readonly reporter: 'pretty' | 'json'
  /** 0: none. */
  readonly adminPort: number
  readonly netns: 'private' | 'host'
  /** Runs side by side, 1 to 256. */
  readonly jobs: number
  /** File for the traces; null: none. */
  readonly trace: string | null
  /** packetdrill's options for the run, in the order given. */
  readonly options: readonly (readonly [name: string, value: string | null])[]
}

/** Throws UsageError; 'help' where help was asked for. */
export function parseRun(args: readonly string[]): RunArgs | 'help' {
  const line = new CommandLine(args, 'lunadrill')
  if (line.has('help')) return 'help'
  if (line.operands.length === 0) throw new UsageError('error: missing script path')
  const stacks = line.values('stack').flatMap((words) => words.split(','))
  return {
    scripts: line.operands,
    stacks: stacks.length === 0 ? ['kernel'] : stacks,
    clock: line.oneOf('clock', ['virtual', 'wall']) ?? null,
    reporter: line.oneOf('reporter', ['pretty', 'json']) ?? 'pretty',
    adminPort: line.whole('admin-port', 0, 65535, '; 0: none') ?? 8899,
    netns: line.oneOf('netns', ['private', 'host']) ?? 'private',
    jobs: line.whole('jobs', 1, 256) ?? 1,
    trace: line.values('trace').at(-1) ?? null,
    options: line.options,
  }
}
