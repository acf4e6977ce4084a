// The words behind `lunadrill run`, `check` and `fmt`, read by the table of flags. Read first: flags.ts.
import { optionFault } from '@lunadrill/engine'
import arg from 'arg'
import { flagsOf, type Tool } from './flags.js'
import { UsageError } from './usage-error.js'

export class CommandLine {
  /** Everything that is no flag. */
  readonly operands: readonly string[]
  /** packetdrill's options, in the order given. */
  readonly options: readonly (readonly [name: string, value: string | null])[]
  private readonly given = new Map<string, string[]>()

  /** Throws UsageError. */
  constructor(args: readonly string[], tool: Tool) {
    const options: [string, string | null][] = []
    const spec: arg.Spec = {}
    for (const flag of flagsOf(tool)) {
      const take = (value: string | null) => {
        if (flag.meaning === 'run') options.push([flag.name, judged(flag.name, value)])
        else this.given.set(flag.name, [...this.values(flag.name), value ?? ''])
      }
      const name = `--${flag.name}`
      spec[name] = flag.value === null ? arg.flag(() => take(null)) : (value: string) => take(value)
      if (flag.short !== undefined) spec[`-${flag.short}`] = name
    }
    this.operands = parse(spec, args, tool)
    this.options = options
  }

  has(name: string): boolean {
    return this.given.has(name)
  }

  /** All that was said of a flag, in order. */
  values(name: string): readonly string[] {
    return this.given.get(name) ?? []
  }

  /** The last value of a flag that takes some words only. */
  oneOf<const T extends string>(name: string, words: readonly T[]): T | undefined {
    const value = this.values(name).at(-1)
    const word = words.find((candidate) => candidate === value)
    if (value !== undefined && word === undefined) {
      throw new UsageError(`error: bad --${name}: ${value} (one of: ${words.join(', ')})`)
    }
    return word
  }

  /** The last value of a flag that takes a whole number, ends included. `meaning`: what is added to the range. */
  whole(name: string, least: number, most: number, meaning = ''): number | undefined {
    const value = this.values(name).at(-1)
    if (value === undefined) return undefined
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
    if (!(number >= least && number <= most)) {
      throw new UsageError(`error: bad --${name}: ${value} (${least} to ${most}${meaning})`)
    }
    return number
  }
}

/** A value that its option can take. */
function judged(name: string, value: string | null): string | null {
  const fault = optionFault(name, value)
  if (fault !== null) throw new UsageError(`error: ${fault}`)
  return value
}

function parse(spec: arg.Spec, args: readonly string[], tool: Tool): string[] {
  const end = args.includes('--') ? args.indexOf('--') : args.length
  // A lone `-` is an operand; arg would call it an unknown option.
  const words = [...args.slice(0, end).flatMap(separated), ...args.slice(end)].map((word) =>
    word === '-' ? STDIN : word,
  )
  try {
    return arg(spec, { argv: words })._.map((word) => (word === STDIN ? '-' : word))
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`error: ${(error as Error).message}${suggestion(error as Error, tool)}`)
  }
}

/** No path holds a NUL. */
const STDIN = '\0'

/** arg knows no `-DX=Y`, and ends the value of `--name=value` at a newline: both become two words. */
function separated(word: string): string[] {
  if (word.startsWith('-D') && word.length > 2) return ['-D', word.slice(2)]
  const equals = word.indexOf('=')
  if (!word.startsWith('--') || equals === -1 || !word.includes('\n')) return [word]
  return [word.slice(0, equals), word.slice(equals + 1)]
}

/** packetdrill's words have underscores, ours dashes, and its flag for shared objects is `--stack` here. */
function suggestion(error: Error, tool: Tool): string {
  const [, name] = /unknown or unexpected option: --(\S+)/.exec(error.message) ?? []
  if (name === undefined) return ''
  if (tool === 'lunadrill' && (name === 'so_filename' || name === 'userspace_stack')) {
    return ' (write --stack=PATH.so, or --stack=lwip for the built-in libluna.so)'
  }
  const plain = (text: string) => text.toLowerCase().replaceAll(/[-_]/g, '')
  const meant = flagsOf(tool).find((flag) => plain(flag.name) === plain(name))
  return meant === undefined ? '' : ` (did you mean --${meant.name}?)`
}
