// GNU getopt_long over the table of flags, as packetdrill uses it: unambiguous prefixes, `--name value` and
// `--name=value`, short flags in one word, options after operands, `--`, POSIXLY_CORRECT, and glibc's own messages.
// Read first: getopt(3); flags.ts.
import type { Flag } from './flags.js'
import { UsageError } from './usage-error.js'

export interface Parsed {
  /** In the order given: full name, and value or null for a flag. */
  readonly options: readonly (readonly [name: string, value: string | null])[]
  /** Everything that is no option. */
  readonly operands: readonly string[]
}

/**
 * Throws a UsageError at the first fault, worded `PROGRAM: unrecognized option '--bogus'` and so on. `judge` is asked
 * about each option as it is met, so that the first fault is told, of whatever kind it is.
 */
export function getoptLong(
  args: readonly string[],
  flags: readonly Flag[],
  program: string,
  posixlyCorrect: boolean,
  judge: (name: string, value: string | null) => void = () => {},
): Parsed {
  const options: [string, string | null][] = []
  const add = (name: string, value: string | null) => {
    judge(name, value)
    options.push([name, value])
  }
  const operands: string[] = []
  const rest = [...args]
  const fail = (text: string): never => {
    throw new UsageError(`${program}: ${text}`)
  }

  const longOption = (word: string) => {
    const equals = word.indexOf('=')
    const name = word.slice(2, equals === -1 ? undefined : equals)
    const inline = equals === -1 ? undefined : word.slice(equals + 1)
    const flag = longFlag(name, flags, word, fail)
    if (flag.value === null) {
      if (inline !== undefined) fail(`option '--${flag.name}' doesn't allow an argument`)
      add(flag.name, null)
    } else {
      add(flag.name, inline ?? rest.shift() ?? fail(`option '--${flag.name}' requires an argument`))
    }
  }

  const shortOptions = (word: string) => {
    for (let at = 1; at < word.length; at++) {
      const letter = word[at]!
      const flag = flags.find(({ short }) => short === letter) ?? fail(`invalid option -- '${letter}'`)
      if (flag.value === null) {
        add(flag.name, null)
        continue
      }
      const attached = word.slice(at + 1)
      const value = attached !== '' ? attached : rest.shift()
      add(flag.name, value ?? fail(`option requires an argument -- '${letter}'`))
      return
    }
  }

  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      operands.push(...rest)
      break
    }
    if (word.startsWith('--')) longOption(word)
    else if (word.startsWith('-') && word !== '-') shortOptions(word)
    else {
      operands.push(word)
      if (posixlyCorrect) {
        operands.push(...rest)
        break
      }
    }
  }
  return { options, operands }
}

/** The flag of that name, or the only one that begins with it: upstream's before ours. */
function longFlag(name: string, flags: readonly Flag[], word: string, fail: (text: string) => never): Flag {
  const exact = flags.find((flag) => flag.name === name)
  if (exact !== undefined) return exact
  const meant = flags.filter((flag) => flag.name.startsWith(name))
  const upstreams = meant.filter(({ added }) => !added)
  const [only, ...others] = upstreams.length > 0 ? upstreams : meant
  if (only === undefined) return fail(`unrecognized option '${word}'`)
  if (others.length === 0) return only
  const possibilities = [only, ...others].map((flag) => ` '--${flag.name}'`).join('')
  return fail(`option '${word}' is ambiguous; possibilities:${possibilities}`)
}
