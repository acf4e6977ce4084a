// Waiting for an event's time, and judging whether something was in time. Interpreter thread, timed phase.
// Read first: language/4-running.md 2.4 and 2.5; clock/tolerance.ts.
import { type Due, type Tolerance, timingError, toleranceUs } from '../clock/tolerance.js'
import type { Host } from '../host/host.js'
import { Problem } from '../trace/problem.js'

/** How an event was met: where the script stood when it was due, and when it came about. Microseconds. */
export interface Arrival {
  /** Whether the script had come here before the event was due. */
  readonly waited: boolean
  readonly us: number
}

export class Punctuality {
  /** Resolved time of the event before; null before the first, which is never judged. */
  previousUs: number | null = null

  constructor(
    private readonly host: Host,
    private readonly tolerance: Tolerance,
  ) {}

  /** Lets the event's time come. */
  await(due: Due): Arrival {
    const now = this.host.now()
    return now < due.us ? { waited: true, us: this.host.waitUntil(due.us) } : { waited: false, us: now }
  }

  /** Throws Problem where the start of an event is late; whose fault that is, lateness.ts finds out. */
  checkStart(due: Due, { waited, us }: Arrival, what: string, previousUs = this.previousUs): void {
    if (previousUs === null) return
    const hint = waited
      ? null
      : 'what came before took longer than the script allows: a relative time (+…) counts from its end'
    this.check(due, us, previousUs, what, hint)
  }

  /** Throws Problem where `us` is not within the tolerance of `due`; `reference`: from where the percentage counts. */
  check(due: Due, us: number, reference: number, what: string, hint: string | null): void {
    const actualUs = Math.round(us)
    const error = timingError(what, due, actualUs, reference, this.tolerance)
    if (error === null) return
    const allowed = toleranceUs(due, reference, this.tolerance)
    const time = { expectedUs: due.us, endUs: due.endUs, actualUs, toleranceUs: allowed }
    throw new Problem('LD_TIMING', error, error, { hint, time })
  }
}
