// Was the tester itself late? A late tester changes what a stack does, so a failure behind a lateness of our own says
// nothing about the stack. Only called after a failure. Interpreter thread, untimed.
// Read first: stamps.ts; docs/timing.md.
import { type Tolerance, toleranceUs } from '../clock/tolerance.js'
import type { ScheduledEvent } from '../schedule/schedule.js'
import type { Lateness } from '../trace/failure.js'
import type { Stamps } from './stamps.js'

/**
 * What an undisturbed tester needs from one event to the next, microseconds: only what goes beyond it adds up, and only
 * a lateness above it can have crossed a timer.
 */
const USUAL_US = 500
/** What a stack sends so soon after the last packet or call is its answer, and no timer's doing. */
const ANSWER_US = 2000

/**
 * The latenesses that may have brought about the failure of event `failed`, oldest first; empty where the stack was met in
 * time. An event counts
 * - where it came later than half of its own tolerance,
 * - where the stack sent a packet by itself while the event was overdue (a timer that it should have come before),
 * - or as the last one, where what all together were late is above half of the failed event's tolerance.
 */
export function latenesses(
  events: readonly ScheduledEvent[],
  stamps: Stamps,
  failed: number,
  tolerance: Tolerance,
): Lateness[] {
  const found: Lateness[] = []
  let stimulusUs = Number.NEGATIVE_INFINITY
  let addedUs = 0
  let added: Lateness | null = null
  for (const [i, { event, lateUs, couldUs, readyUs }] of ownOf(events.slice(0, failed + 1), stamps).entries()) {
    const answeredUs = stimulusUs + ANSWER_US
    if (stimulates(event)) stimulusUs = readyUs
    if (!(lateUs > 0)) continue
    const allowedUs = Math.trunc(toleranceOf(stamps, i, tolerance) / 2)
    const base = { line: event.source.line, dueUs: Math.round(couldUs), actedUs: Math.round(couldUs + lateUs) }
    const gapUs = lateUs > USUAL_US ? gapTo(stamps, couldUs, couldUs + lateUs, answeredUs) : null
    if (lateUs > allowedUs) found.push({ ...base, limitUs: allowedUs, reason: 'half of its tolerance' })
    else if (gapUs !== null) found.push({ ...base, limitUs: Math.round(gapUs), reason: 'a packet of the stack' })
    addedUs += Math.max(0, lateUs - USUAL_US)
    added = { ...base, limitUs: allowedUs, reason: 'with those before' }
  }
  const limitUs = Math.trunc(toleranceOf(stamps, failed, tolerance) / 2)
  if (found.length === 0 && added !== null && addedUs > limitUs) found.push({ ...added, limitUs })
  return found
}

/** The most that the tester was late by in a whole run, microseconds. */
export function worstLatenessUs(events: readonly ScheduledEvent[], stamps: Stamps): number {
  return ownOf(events, stamps).reduce((worst, { lateUs }) => Math.max(worst, lateUs || 0), 0)
}

interface Own {
  readonly event: ScheduledEvent
  /** How late the tester was by itself, microseconds; NaN or 0 where not. */
  readonly lateUs: number
  /** When the event could have happened. */
  readonly couldUs: number
  /** When a tester without any delay could have gone on to the next one. */
  readonly readyUs: number
}

function ownOf(events: readonly ScheduledEvent[], stamps: Stamps): Own[] {
  let freeUs = 0
  return events.map((event, i) => {
    const own = { event, ...ownAt(event, stamps, i, freeUs) }
    freeUs = own.readyUs
    return own
  })
}

/** `freeUs`: when such a tester could have taken this event up. */
function ownAt({ time, action }: ScheduledEvent, stamps: Stamps, i: number, freeUs: number): Omit<Own, 'event'> {
  const at = (times: Float64Array) => times[i] as number
  const [due, picked, acted] = [at(stamps.dueUs), at(stamps.pickedUs), at(stamps.actedUs)]
  const freed = at(stamps.freedUs)
  const free = Number.isNaN(freed) ? freeUs : Math.max(freeUs, freed)
  // A host without a processor sends late, and returns late.
  const waitedUs = Math.max(0, (stamps.waitedUs[i + 1] as number) - at(stamps.waitedUs))
  const relative = time.kind === 'relative' || time.kind === 'relative-range'
  if (action.type === 'packet' && action.packet.direction === 'outbound') {
    // It is not waited for; a relative time counts from when it was taken up.
    const lateUs = (relative ? picked - free : 0) + waitedUs
    return { lateUs, couldUs: free, readyUs: Number.isNaN(acted) ? free : Math.max(free, acted) }
  }
  // In a row of inbound packets times count from the packet before, and no lateness is carried on.
  const ideal = relative && due - Math.round(picked) === time.us ? free + time.us : due
  const couldUs = Math.max(Number.isNaN(ideal) ? free : ideal, free)
  const returned = at(stamps.returnedUs)
  const doneUs =
    action.type === 'packet' || Number.isNaN(returned) ? acted : returned - Math.max(at(stamps.stalledUs), waitedUs)
  // An event that was not reached any more is no lateness.
  const readyUs = Number.isNaN(doneUs) ? couldUs : Math.max(doneUs, couldUs)
  return { lateUs: acted - couldUs, couldUs, readyUs }
}

function toleranceOf(stamps: Stamps, i: number, tolerance: Tolerance): number {
  const due = stamps.dueUs[i] as number
  if (Number.isNaN(due)) return tolerance.usecs
  const before = i === 0 ? Number.NaN : (stamps.dueUs[i - 1] as number)
  return toleranceUs(
    { kind: 'absolute', us: due, endUs: null, offsetUs: 0 },
    Number.isNaN(before) ? null : before,
    tolerance,
  )
}

/** Whether the stack may answer to it. */
const stimulates = ({ action }: ScheduledEvent) =>
  action.type === 'call' || (action.type === 'packet' && action.packet.direction === 'inbound')

/** From `fromUs` to the first packet that the stack sent by itself before `untilUs`; null where it sent none then. */
function gapTo({ sentUs, sent }: Stamps, fromUs: number, untilUs: number, answeredUs: number): number | null {
  for (let i = 0; i < sent; i++) {
    const us = sentUs[i] as number
    if (us > fromUs && us > answeredUs && us < untilUs) return us - fromUs
  }
  return null
}
