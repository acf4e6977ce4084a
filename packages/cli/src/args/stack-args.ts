// The command line of `lunadrill stack-init`. Read first: command-line.ts.
import { CommandLine } from './command-line.js'
import { UsageError } from './usage-error.js'

export interface StackInitArgs {
  readonly name: string
  /** The folder to make. */
  readonly folder: string
}

/** Throws UsageError; 'help' where help was asked for. */
export function parseStackInit(args: readonly string[]): StackInitArgs | 'help' {
  const line = new CommandLine(args, 'stack-init')
  if (line.has('help')) return 'help'
  const [name, more] = line.operands
  if (name === undefined) throw new UsageError('error: missing name of the stack')
  if (more !== undefined) throw new UsageError(`error: unexpected word: ${more}`)
  return { name, folder: line.values('dir').at(-1) ?? name }
}
