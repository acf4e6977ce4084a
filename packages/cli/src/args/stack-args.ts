// The command lines of `lunadrill stack-init` and `lunadrill stack-check`. Read first: command-line.ts.
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

export interface StackCheckArgs {
  /** A path, or the name of a built-in stack. */
  readonly stack: string
  readonly format: 'pretty' | 'json'
}

/** Throws UsageError; 'help' where help was asked for. */
export function parseStackCheck(args: readonly string[]): StackCheckArgs | 'help' {
  const line = new CommandLine(args, 'stack-check')
  if (line.has('help')) return 'help'
  const [stack, more] = line.operands
  if (stack === undefined) throw new UsageError('error: missing path of the shared object')
  if (more !== undefined) throw new UsageError(`error: unexpected word: ${more}`)
  return { stack, format: line.oneOf('format', ['pretty', 'json']) ?? 'pretty' }
}
