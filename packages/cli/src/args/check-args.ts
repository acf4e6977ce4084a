// The command line of `lunadrill check`. Read first: command-line.ts.
import { CommandLine } from './command-line.js'
import { UsageError } from './usage-error.js'

export interface CheckArgs {
  /** Paths; `-` is standard input. */
  readonly scripts: readonly string[]
  /** Warnings count as errors. */
  readonly strict: boolean
  readonly format: 'pretty' | 'json'
  /** packetdrill's options, in the order given. */
  readonly options: CommandLine['options']
}

/** Throws UsageError; 'help' where help was asked for. */
export function parseCheck(args: readonly string[]): CheckArgs | 'help' {
  const line = new CommandLine(args, 'check')
  if (line.has('help')) return 'help'
  if (line.operands.length === 0) throw new UsageError('error: missing script path (or -, standard input)')
  return {
    scripts: line.operands,
    strict: line.has('strict'),
    format: line.oneOf('format', ['pretty', 'json']) ?? 'pretty',
    options: line.options,
  }
}
