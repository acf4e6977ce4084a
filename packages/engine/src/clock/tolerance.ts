// Whether something happened when it should have. One rule for packets, calls, commands and code.
// Read first: language/4-running.md 2.5 and 2.6.
import type { EventTime } from '@lunadrill/parser'

export interface Tolerance {
  /** Microseconds. */
  readonly usecs: number
  /** Percent of the time since the previous event. */
  readonly percent: number
}

/** A resolved due time: script microseconds. */
export interface Due {
  readonly kind: EventTime['kind']
  readonly us: number
  /** End of a range. */
  readonly endUs: number | null
  /** Added to the script's own numbers for relative times: what range messages are counted from. */
  readonly offsetUs: number
}

/** Tolerance on both sides, microseconds. `reference`: time of the previous event, null where there is none. */
export function toleranceUs(due: Due, reference: number | null, { usecs, percent }: Tolerance): number {
  if (reference === null) return usecs
  return Math.max(usecs, Math.trunc((percent / 100) * (due.us - reference)))
}

/** Null where `actual` is in time, else upstream's words. `what`: `outbound packet`, `system call start`, … */
export function timingError(
  what: string,
  due: Due,
  actual: number,
  reference: number | null,
  tolerance: Tolerance,
): string | null {
  if (due.kind === 'any') return null
  const allowed = toleranceUs(due, reference, tolerance)
  const end = due.endUs ?? due.us
  if (actual >= due.us - allowed && actual <= end + allowed) return null
  const expected = `timing error: expected ${what}`
  switch (due.kind) {
    case 'absolute-range':
      return `${expected} in time range ${seconds(due.us)}~${seconds(end)} sec but happened at ${seconds(actual)} sec`
    case 'relative-range': {
      const [from, to, at] = [due.us, end, actual].map((us) => signed(us - due.offsetUs))
      return `${expected} in relative time range ${from}~${to} sec but happened at ${at} sec`
    }
    default:
      return `${expected} at ${seconds(due.us)} sec but happened at ${seconds(actual)} sec; tolerance ${seconds(allowed)} sec`
  }
}

/** Microseconds as seconds with six decimals. */
export const seconds = (us: number) => (Math.round(us) / 1e6).toFixed(6)
const signed = (us: number) => `${us < 0 ? '' : '+'}${seconds(us)}`
/** The same, as wide as upstream's `%9.6f`. */
export const wideSeconds = (us: number) => seconds(us).padStart(9)
