// The command line of `lunadrill fmt`. Read first: command-line.ts.
import { CommandLine } from './command-line.js'
import { UsageError } from './usage-error.js'

export interface FmtArgs {
  /** Paths; `-` is standard input. */
  readonly files: readonly string[]
  /** `write`: in place. `stdout`: the result. `check`: only the names of what would change. */
  readonly mode: 'write' | 'stdout' | 'check'
  /** packetdrill's options that decide how a script reads, in the order given. */
  readonly options: CommandLine['options']
}

/** Throws UsageError; 'help' where help was asked for. */
export function parseFmt(args: readonly string[]): FmtArgs | 'help' {
  const line = new CommandLine(args, 'fmt')
  if (line.has('help')) return 'help'
  if (line.operands.length === 0) throw new UsageError('error: missing file (or -, standard input)')
  if (line.has('check') && line.has('stdout')) throw new UsageError('error: --check prints no script: drop --stdout')
  const mode = line.has('check') ? 'check' : line.has('stdout') ? 'stdout' : 'write'
  return { files: line.operands, mode, options: line.options }
}
