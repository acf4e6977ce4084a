// The examples of a Markdown page: its fenced blocks of scripts, with what their info strings say of them.
//   ```pkt [on=kernel,lwip] [family=ipv4,ipv6] [options="--mtu=1400 --mss=1000"] [VERDICT] [line=N] [says="…"] [parse]
// VERDICT is fails, errors, skips, hangs, crashes or undecided, and needs `says`; without it the script must pass.
// `parse`: only read.
import { readFileSync } from 'node:fs'
import type { RunOptions, RunRequest, Verdict } from '../../packages/engine/dist/index.js'

export type Family = RunOptions['ipVersion']
export type StackName = 'kernel' | 'lwip'

export interface Example {
  /** Of the opening fence in the page, from 1. */
  readonly fenceLine: number
  /** The headings that it stands under, and which of their examples it is. */
  readonly title: string
  readonly script: string
  readonly stacks: readonly StackName[]
  /** Null: the one that the script names, or the default. */
  readonly families: readonly (Family | null)[]
  readonly options: RunRequest['options']
  readonly verdict: Verdict
  /** Line in the script that the verdict names; null: none, or not said. */
  readonly line: number | null
  /** A piece of the message; null: not said. */
  readonly says: string | null
  /** It is read and not run. */
  readonly parseOnly: boolean
}

const verdicts: Readonly<Record<string, Verdict>> = {
  fails: 'fail',
  errors: 'error',
  skips: 'skip',
  hangs: 'hang',
  crashes: 'crash',
  undecided: 'undecided',
}
const FAMILIES = ['ipv4', 'ipv4-mapped-ipv6', 'ipv6']
const STACKS = ['kernel', 'lwip']

/** All examples of a page in its order. Throws where an info string has a word that it may not have. */
export function examplesOf(path: string): Example[] {
  const examples: Example[] = []
  const lines = readFileSync(path, 'utf8').split('\n')
  let heading = ''
  let count = 0
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const found = /^#{2,4} (.+)$/.exec(line)
    if (found !== null) {
      heading = found[1] as string
      count = 0
    }
    if (!line.startsWith('```')) continue
    const end = lines.indexOf('```', at + 1)
    if (end < 0) throw new Error(`${path}:${at + 1}: a block without its end`)
    const info = line.slice(3)
    if (/^pkt( |$)/.test(info)) {
      const script = `${lines.slice(at + 1, end).join('\n')}\n`
      count++
      const title = `${heading}${count > 1 ? ` (${count})` : ''}, page line ${at + 1}`
      try {
        examples.push({ ...instructions(info), fenceLine: at + 1, title, script })
      } catch (error) {
        throw new Error(`${path}:${at + 1}: ${(error as Error).message}`)
      }
    }
    at = end
  }
  return examples
}

function instructions(info: string): Omit<Example, 'fenceLine' | 'title' | 'script'> {
  const words = info.match(/[^\s"]+(?:"[^"]*")?/g)?.slice(1) ?? []
  const given = new Map(words.map((word) => [/^[^=]*/.exec(word)?.[0] ?? '', valueIn(word)] as const))
  const known = ['on', 'family', 'options', 'line', 'says', 'parse', ...Object.keys(verdicts)]
  for (const name of given.keys()) if (!known.includes(name)) throw new Error(`what is '${name}'?`)
  const verdict = Object.keys(verdicts).find((name) => given.has(name))
  if ((verdict === undefined) === given.has('says'))
    throw new Error('says= is for what does not pass, and needed there')
  return {
    stacks: listOf<StackName>(given.get('on') ?? 'kernel', STACKS),
    families: given.has('family') ? listOf<Family>(given.get('family') ?? '', FAMILIES) : [null],
    options: optionsOf(given.get('options') ?? ''),
    verdict: verdict === undefined ? 'pass' : (verdicts[verdict] as Verdict),
    line: given.has('line') ? Number(given.get('line')) : null,
    says: given.get('says') ?? null,
    parseOnly: given.has('parse'),
  }
}

const valueIn = (word: string) => /=(.*)$/.exec(word)?.[1]?.replaceAll('"', '') ?? ''

function listOf<Name extends string>(text: string, known: readonly string[]): Name[] {
  const names = text.split(',')
  for (const name of names) if (!known.includes(name)) throw new Error(`what is '${name}'?`)
  return names as Name[]
}

function optionsOf(text: string): RunRequest['options'] {
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => {
      const [, name, value] = /^--([^=]+)(?:=(.*))?$/.exec(word) ?? []
      if (name === undefined) throw new Error(`'${word}' is no option`)
      return [name, value ?? null] as const
    })
}
