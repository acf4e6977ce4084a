// The one blocking call that may be in flight: started at its time, judged when it has returned, at latest when the script
// is over. Interpreter thread. Read first: language/3-calls.md 6, above all 6.3.
import type { CallContext, PreparedCall } from '../call/call.js'
import { CallRecord } from '../call/record.js'
import { type Due, seconds } from '../clock/tolerance.js'
import type { Host } from '../host/host.js'
import { CallFlag } from '../host/layout.js'
import type { ScheduledEvent } from '../schedule/schedule.js'
import { callProblem, Problem } from '../trace/problem.js'
import { at, EventProblem } from './event-problem.js'
import type { Punctuality } from './punctuality.js'

/** How long a further call, or the end of the script, waits for it; microseconds. */
const GRACE_US = 1_000_000

interface InFlight {
  readonly event: ScheduledEvent
  readonly call: PreparedCall
  readonly start: Due
  readonly end: Due
  /** Of the event before the call, when it was started. */
  readonly previousUs: number | null
  readonly onReturn: (startUs: number) => void
}

export class BlockingCall {
  private readonly record: CallRecord
  private inFlight: InFlight | null = null
  /** When the last one that was judged had returned; microseconds. */
  returnedUs = Number.NaN

  constructor(
    private readonly host: Host,
    private readonly context: CallContext,
    private readonly punctuality: Punctuality,
  ) {
    this.record = new CallRecord(host.blockingRecord)
  }

  /**
   * `returnUs`: when it is to return, in the script's own numbers. `onReturn` is told when it had started, once it has
   * returned and before it is judged. Problem: another one is in flight.
   */
  start(
    event: ScheduledEvent,
    call: PreparedCall,
    start: Due,
    returnUs: number,
    onReturn: (startUs: number) => void,
  ): void {
    if (!this.idle()) {
      const reason = 'blocking system call while another blocking system call is already in progress'
      throw callProblem(call.name, reason)
    }
    const now = this.host.now()
    const { punctuality } = this
    punctuality.checkStart(start, { waited: now < start.us, us: Math.max(now, start.us) }, 'system call start')
    call.write(this.record, this.context)
    this.record.flags = CallFlag.blocking
    const end: Due = { kind: start.kind, us: returnUs + start.offsetUs, endUs: null, offsetUs: start.offsetUs }
    this.inFlight = { event, call, start, end, previousUs: punctuality.previousUs, onReturn }
    if (this.host.startBlockingCall(start.us) === 'returned') this.settle()
  }

  /** Whether one is in flight, returned or not. */
  get busy(): boolean {
    return this.inFlight !== null
  }

  /** Gives a call in flight its second. Whether none is in flight any more. */
  idle(): boolean {
    if (this.inFlight === null) return true
    if (!this.host.waitBlocking(GRACE_US)) return false
    this.settle()
    return true
  }

  /**
   * Judges a call that has returned before `untilUs`: its start, its result, then its end. Throws EventProblem with the
   * call's event.
   */
  settle(untilUs = Number.POSITIVE_INFINITY): void {
    const { inFlight } = this
    if (inFlight === null || !this.host.blockingReturned() || this.record.returnUs > untilUs) return
    this.inFlight = null
    const { event, call, start, end, previousUs, onReturn } = inFlight
    at(event, () => {
      this.returnedUs = this.record.returnUs
      onReturn(this.record.startUs)
      // The host waited for the start by itself: only now is it told whether that was in time.
      this.punctuality.checkStart(start, { waited: true, us: this.record.startUs }, 'system call start', previousUs)
      call.judge(this.record, this.context)
      this.punctuality.check(end, this.returnedUs, start.us, 'system call return', null)
    })
  }

  /** After cleanup and Python (4-running.md 10.5). Throws EventProblem. */
  finish(): void {
    if (this.idle() || this.inFlight === null) return
    const { event, call, end } = this.inFlight
    const message = 'exiting while a blocking system call is in progress'
    const hint = `${call.name}() has not returned; due at ${seconds(end.us)}`
    throw new EventProblem(event, new Problem('LD_CALL', message, `runtime error: ${message}`, { hint }))
  }
}
