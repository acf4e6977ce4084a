// The command line of `lunadrill kernel`. Read first: command-line.ts.
import { kernelChecks } from '@lunadrill/engine'
import { CommandLine } from './command-line.js'
import { UsageError } from './usage-error.js'

type Check = (typeof kernelChecks)[number]

export type KernelArgs =
  | {
      readonly action: 'build'
      /** null: Debian's. */
      readonly source: string | null
      readonly config: string | null
      readonly name: string
      readonly checks: readonly Check[]
    }
  | { readonly action: 'list'; readonly format: 'pretty' | 'json' }
  /** Without names: what only makes builds shorter. */
  | { readonly action: 'remove'; readonly names: readonly string[] }

const flagsOf: Readonly<Record<KernelArgs['action'], readonly string[]>> = {
  build: ['source', 'config', 'out', ...kernelChecks],
  list: ['format'],
  remove: [],
}

/** Throws UsageError; 'help' where help was asked for. */
export function parseKernel(args: readonly string[]): KernelArgs | 'help' {
  const line = new CommandLine(args, 'kernel')
  if (line.has('help')) return 'help'
  const [action, ...names] = line.operands
  if (action === undefined) throw new UsageError('error: missing command: build, list or remove')
  if (action !== 'build' && action !== 'list' && action !== 'remove') {
    throw new UsageError(`error: no such command: kernel ${action} (build, list or remove)`)
  }
  const others = Object.values(flagsOf)
    .flat()
    .filter((flag) => !flagsOf[action].includes(flag))
  const foreign = others.find((flag) => line.has(flag))
  if (foreign !== undefined) throw new UsageError(`error: --${foreign} is not for kernel ${action}`)
  if (action !== 'remove' && names.length > 0) throw new UsageError(`error: unexpected word: ${names[0]}`)
  if (action === 'list') return { action, format: line.oneOf('format', ['pretty', 'json']) ?? 'pretty' }
  if (action === 'remove') return { action, names }
  return {
    action,
    source: line.values('source').at(-1) ?? null,
    config: line.values('config').at(-1) ?? null,
    name: line.values('out').at(-1) ?? 'default',
    checks: kernelChecks.filter((check) => line.has(check)),
  }
}
