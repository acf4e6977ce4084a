// The command line of `lunadrill compare`. Read first: command-line.ts.
import { CommandLine } from './command-line.js'
import { type RunPlan, runPlan } from './run-args.js'
import { UsageError } from './usage-error.js'

/** `stacks`: two or more; the first one is what the others are compared with. */
export interface CompareArgs extends RunPlan {
  /** What makes a script differ. */
  readonly by: 'verdict' | 'trace'
  readonly format: 'pretty' | 'json'
}

/** Throws UsageError; 'help' where help was asked for. */
export function parseCompare(args: readonly string[]): CompareArgs | 'help' {
  const line = new CommandLine(args, 'compare')
  if (line.has('help')) return 'help'
  const plan = runPlan(line)
  if (plan.stacks.length < 2) throw new UsageError('error: two stacks are compared: --stack=A --stack=B')
  return {
    ...plan,
    by: line.oneOf('by', ['verdict', 'trace']) ?? 'verdict',
    format: line.oneOf('format', ['pretty', 'json']) ?? 'pretty',
  }
}
