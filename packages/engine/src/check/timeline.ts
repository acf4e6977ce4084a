// The earliest moments at which a script's events can be due. Read first: language/4-running.md 2.3.
import type { ScriptEvent } from '@lunadrill/parser'
import { toleranceUs } from '../clock/tolerance.js'
import type { CheckedScript } from './rule.js'

export interface Moment {
  readonly event: ScriptEvent
  /** Earliest due time, microseconds from the script's start. */
  readonly us: number
  /** End of a range, or of a blocking call; null where there is none. */
  readonly endUs: number | null
  /** The earliest moment at which the event before is done with; null for the first. */
  readonly previousUs: number | null
}

export function timeline({ script, options }: CheckedScript): Moment[] {
  const moments: Moment[] = []
  let now: number | null = null
  for (const event of script.events) {
    const { kind, us, endUs } = event.time
    const relative = kind === 'relative' || kind === 'relative-range' || kind === 'any'
    const base = relative ? (now ?? 0) : 0
    const returnUs = event.action.type === 'call' ? event.action.returnUs : null
    const end = endUs ?? returnUs
    const moment = { event, us: base + us, endUs: end === null ? null : base + end, previousUs: now }
    moments.push(moment)
    // A packet may come early; everything else waits for its time.
    const early = isExpected(event) ? allowedUs(moment, options) : 0
    now = Math.max(now ?? 0, moment.us - early)
  }
  return moments
}

/** Tolerance on both sides of the moment, microseconds. */
export function allowedUs({ event, us, endUs, previousUs }: Moment, options: CheckedScript['options']): number {
  const due = { kind: event.time.kind, us, endUs, offsetUs: 0 }
  return toleranceUs(due, previousUs, { usecs: options.toleranceUsecs, percent: options.tolerancePercent })
}

/** The stack sends it; everything else is done by the tester at its time. */
export const isExpected = ({ action }: ScriptEvent) => action.type === 'packet' && action.direction === 'outbound'
