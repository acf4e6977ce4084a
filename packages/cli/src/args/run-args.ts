// The command line of `lunadrill run` → filled options. Read first: flags.ts.
import arg from 'arg'
import { flagsOf } from './flags.js'
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
  /** packetdrill's options for the run, in the order given. */
  readonly options: readonly (readonly [name: string, value: string | null])[]
}

/** Throws UsageError; 'help' where help was asked for. */
export function parseRun(args: readonly string[]): RunArgs | 'help' {
  const given = new Map<string, string>()
  const stacks: string[] = []
  const options: [string, string | null][] = []
  const spec: arg.Spec = {}
  for (const flag of flagsOf('lunadrill')) {
    const take = (value: string | null) => {
      if (flag.name === 'stack') stacks.push(...value!.split(','))
      else if (flag.meaning === 'tool') given.set(flag.name, value ?? '')
      else if (flag.meaning === 'run') options.push([flag.name, value])
    }
    const name = `--${flag.name}`
    spec[name] = flag.value === null ? arg.flag(() => take(null)) : (value: string) => take(value)
    if (flag.short !== undefined) spec[`-${flag.short}`] = name
  }
  const scripts = parse(spec, args)._
  if (given.has('help')) return 'help'
  if (scripts.length === 0) throw new UsageError('error: missing script path')
  return {
    scripts,
    stacks: stacks.length === 0 ? ['kernel'] : stacks,
    clock: oneOf(given, 'clock', ['virtual', 'wall'] as const) ?? null,
    reporter: oneOf(given, 'reporter', ['pretty', 'json']) ?? 'pretty',
    adminPort: port(given, 'admin-port') ?? 8899,
    netns: oneOf(given, 'netns', ['private', 'host']) ?? 'private',
    options,
  }
}

function parse(spec: arg.Spec, args: readonly string[]): arg.Result<arg.Spec> {
  const end = args.includes('--') ? args.indexOf('--') : args.length
  try {
    return arg(spec, { argv: [...args.slice(0, end).flatMap(separated), ...args.slice(end)] })
  } catch (error) {
    throw new UsageError(`error: ${(error as Error).message}${suggestion(error as Error)}`)
  }
}

/** arg knows no `-DX=Y`, and ends the value of `--name=value` at a newline: both become two words. */
function separated(word: string): string[] {
  if (word.startsWith('-D') && word.length > 2) return ['-D', word.slice(2)]
  const equals = word.indexOf('=')
  if (!word.startsWith('--') || equals === -1 || !word.includes('\n')) return [word]
  return [word.slice(0, equals), word.slice(equals + 1)]
}

/** packetdrill's words have underscores, ours dashes, and its flag for shared objects is `--stack` here. */
function suggestion(error: Error): string {
  const [, name] = /unknown or unexpected option: --(\S+)/.exec(error.message) ?? []
  if (name === undefined) return ''
  if (name === 'so_filename' || name === 'userspace_stack') return ' (write --stack=PATH.so)'
  const plain = (text: string) => text.toLowerCase().replaceAll(/[-_]/g, '')
  const meant = flagsOf('lunadrill').find((flag) => plain(flag.name) === plain(name))
  return meant === undefined ? '' : ` (did you mean --${meant.name}?)`
}

function oneOf<const T extends string>(
  given: ReadonlyMap<string, string>,
  name: string,
  words: readonly T[],
): T | undefined {
  const value = given.get(name)
  const word = words.find((candidate) => candidate === value)
  if (value !== undefined && word === undefined) {
    throw new UsageError(`error: bad --${name}: ${value} (one of: ${words.join(', ')})`)
  }
  return word
}

function port(given: ReadonlyMap<string, string>, name: string): number | undefined {
  const value = given.get(name)
  if (value === undefined) return undefined
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (!(number <= 65535)) throw new UsageError(`error: bad --${name}: ${value} (0 to 65535; 0: none)`)
  return number
}
