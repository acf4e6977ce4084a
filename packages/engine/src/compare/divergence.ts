// Where the traces of two runs of one script first go apart. Pure. Read first: trace/numbers.ts (`mapped`).
import type { RunResult } from '../run/types.js'

export interface Divergence {
  /** The last lines before that agree, oldest first, as the first run has them. */
  readonly before: readonly string[]
  /** The first lines that do not agree, of either run (of tcp_info, only the fields); null: its trace ends here. */
  readonly first: string | null
  readonly second: string | null
}

type Traced = Pick<RunResult, 'trace' | 'clock'>

/** So many lines that agree are kept. */
const BEFORE = 4

/** null where the traces agree; moments and what is measured in time agree as far as the two clocks allow. */
export function firstDivergence(first: Traced, second: Traced): Divergence | null {
  const tolerance = first.clock === 'virtual' && second.clock === 'virtual' ? virtual : wall
  const length = Math.max(first.trace.length, second.trace.length)
  for (let at = 0; at < length; at++) {
    const [a = null, b = null] = [first.trace[at], second.trace[at]]
    if (a !== null && b !== null && linesAgree(a, b, tolerance)) continue
    const before = first.trace.slice(Math.max(0, at - BEFORE), at).map(withoutInfo)
    return { before, first: a === null ? null : differingInfo(a, b), second: b === null ? null : differingInfo(b, a) }
  }
  return null
}

interface Tolerance {
  readonly us: number
  /** Of the longer one. */
  readonly share: number
}

/** A kernel's own work takes some microseconds of its virtual time, more or less of them in another build. */
const virtual: Tolerance = { us: 100, share: 0 }
/** As far as a script's own tolerance lets them be apart unless it says otherwise. */
const wall: Tolerance = { us: 4000, share: 0.01 }

/** A moment, as every line of a trace has it, in seconds; of tcp_info, times in microseconds, and rates, which depend on them. */
const MEASURED = /(-?\d+\.\d{6})|(?<= (?:\w*rtt|rttvar|rto|ato|last_\w+|\w+_time)=)(\d+)|(?<= \w*rate=)\d+/g

function linesAgree(a: string, b: string, { us, share }: Tolerance): boolean {
  const [ours, theirs] = [measured(a), measured(b)]
  const agree = (time: number, i: number) => {
    const other = theirs.times[i] ?? Number.NaN
    return Math.abs(time - other) <= Math.max(us, share * Math.max(time, other))
  }
  return ours.words === theirs.words && ours.times.every(agree)
}

/** A line's words without what is measured, and its times in microseconds. */
function measured(line: string): { readonly words: string; readonly times: readonly number[] } {
  const times: number[] = []
  const words = line.trimStart().replace(MEASURED, (_whole, seconds?: string, micro?: string) => {
    // What comes before time 0 has no moment of its own.
    if (seconds !== undefined) times.push(Math.max(0, Number(seconds) * 1e6))
    else if (micro !== undefined) times.push(Number(micro))
    return '#'
  })
  return { words, times }
}

/** A line with tcp_info has a hundred fields. */
const INFO = /^( *-?\d+\.\d{6} {2}info {2}\d+)( .*)$/
const withoutInfo = (line: string) => line.replace(INFO, '$1 ...')

function differingInfo(line: string, other: string | null): string {
  const [, head = '', fields = ''] = INFO.exec(line) ?? []
  if (head === '' || other === null || !INFO.test(other)) return withoutInfo(line)
  const theirs = new Set(other.split(' '))
  return [
    head,
    ...fields
      .trimStart()
      .split(' ')
      .filter((field) => !theirs.has(field)),
  ].join(' ')
}
