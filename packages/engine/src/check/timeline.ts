// The earliest moments at which a script's events can be due. Read first: language/4-running.md 2.3.
import type { Script, ScriptEvent } from '@lunadrill/parser'

export interface Moment {
  readonly event: ScriptEvent
  /** Earliest due time, microseconds from the script's start. */
  readonly us: number
  /** End of a range, or of a blocking call; null where there is none. */
  readonly endUs: number | null
  /** The earliest moment at which the event before is done with; null for the first. */
  readonly previousUs: number | null
}

export function timeline(script: Script): Moment[] {
  const moments: Moment[] = []
  let now: number | null = null
  for (const event of script.events) {
    const { kind, us, endUs } = event.time
    const relative = kind === 'relative' || kind === 'relative-range' || kind === 'any'
    const base = relative ? (now ?? 0) : 0
    const returnUs = event.action.type === 'call' ? event.action.returnUs : null
    const end = endUs ?? returnUs
    moments.push({ event, us: base + us, endUs: end === null ? null : base + end, previousUs: now })
    now = Math.max(now ?? 0, base + us)
  }
  return moments
}

const isPacket = (event: ScriptEvent, direction: 'inbound' | 'outbound') =>
  event.action.type === 'packet' && event.action.direction === direction

/** The stack sends it; everything else is done by the tester at its time. */
export const isExpected = (event: ScriptEvent) => isPacket(event, 'outbound')
