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
  const agree = first.clock === 'virtual' && second.clock === 'virtual' ? isSame : agreesOnTheWall
  const length = Math.max(first.trace.length, second.trace.length)
  for (let at = 0; at < length; at++) {
    const [a = null, b = null] = [first.trace[at], second.trace[at]]
    if (a !== null && b !== null && agree(a, b)) continue
    const before = first.trace.slice(Math.max(0, at - BEFORE), at).map(withoutInfo)
    return { before, first: a === null ? null : differingInfo(a, b), second: b === null ? null : differingInfo(b, a) }
  }
  return null
}

const isSame = (a: string, b: string) => a.trimStart() === b.trimStart()

/** A moment, as every line of a trace has it: seconds, to the microsecond; negative before time 0. */
const MOMENT = /(-?\d+\.\d{6})/
/** What is measured in time, of tcp_info. */
const MEASURED = / (\w*(rtt|rttvar|rate)|rto|ato|last_\w+|\w+_time)=\d+/g

function agreesOnTheWall(a: string, b: string): boolean {
  const parts = (line: string) => line.trimStart().replace(MEASURED, '').split(MOMENT)
  const [ours, theirs] = [parts(a), parts(b)]
  // Every second part is a moment.
  return (
    ours.length === theirs.length &&
    ours.every((part, i) => (i % 2 === 1 ? withinTolerance(Number(part), Number(theirs[i])) : part === theirs[i]))
  )
}

/** Seconds. As far apart as a script's own tolerance lets them be unless it says otherwise: 4 ms, or 1 %. */
const withinTolerance = (a: number, b: number) => Math.abs(a - b) <= Math.max(0.004, Math.max(a, b) / 100)

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
