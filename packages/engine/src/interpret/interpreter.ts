// The loop that carries a script out: one event after the other, each at its time, each judged. It touches no socket,
// clock or file itself: the host and the embedded programs are given to it.
// Interpreter thread; never returns to an event loop between the first event and the last.
// Read first: language/4-running.md 10 (the loop) and 2 (time), 3-calls.md 6.3 (blocking calls).
import type { PythonVariables } from '@lunadrill/tcpinfo'
import type { CallContext, PreparedCall } from '../call/call.js'
import { CallRecord } from '../call/record.js'
import { type Due, timingError, toleranceUs, wideSeconds } from '../clock/tolerance.js'
import type { Snippet } from '../embed/python.js'
import { makeLive } from '../flow/translate.js'
import type { Host, HostFailure } from '../host/host.js'
import { CallFlag } from '../host/layout.js'
import type { RunOptions } from '../run/types.js'
import type { ScheduledAction, ScheduledEvent } from '../schedule/schedule.js'
import type { ScriptPacket } from '../schedule/script-packet.js'
import { callProblem, Problem } from '../trace/problem.js'
import { packetText, readPacket } from '../wire/packet.js'
import { Flag } from '../wire/tcp.js'
import { Outbound } from './outbound.js'

/** How long a finished script, or a further call, waits for a blocking call; microseconds (3-calls.md 6). */
const BLOCKING_GRACE_US = 1_000_000

export interface Surroundings {
  readonly host: Host
  readonly context: CallContext
  readonly options: RunOptions
  /** Runs a shell command to its end; null, or upstream's words for its failure. */
  readonly shell: (text: string) => string | null
  /** Called when an event begins, with its index. */
  readonly onEvent: (index: number) => void
}

/** A Problem with the event that it belongs to. */
export class EventProblem extends Error {
  constructor(
    readonly event: ScheduledEvent,
    readonly problem: Problem,
  ) {
    super(problem.message)
  }
}

interface BlockingCall {
  readonly event: ScheduledEvent
  readonly call: PreparedCall
  readonly start: Due
  /** When it is to return. */
  readonly due: Due
  /** Resolved time of the event before it; null before the first. */
  readonly previousUs: number | null
}

type CallEvent = Extract<ScheduledAction, { type: 'call' }>

export class Interpreter {
  /** When each event was done with, microseconds; NaN where it was not reached. */
  readonly doneUs: Float64Array
  /** What Python is to be asked at the end. */
  readonly snippets: Snippet[] = []
  readonly warnings: EventProblem[] = []
  readonly verbose: string[] = []

  private readonly outbound: Outbound
  private readonly callRecord: CallRecord
  private readonly blockingRecord: CallRecord
  private blocking: BlockingCall | null = null
  /** Resolved time of the event before; null before the first. */
  private previousUs: number | null = null

  constructor(
    private readonly events: readonly ScheduledEvent[],
    private readonly around: Surroundings,
  ) {
    const { host, context, options } = around
    this.doneUs = new Float64Array(events.length).fill(Number.NaN)
    this.callRecord = new CallRecord(host.callRecord)
    this.blockingRecord = new CallRecord(host.blockingRecord)
    this.outbound = new Outbound(host, context.flows, {
      tolerance: this.tolerance,
      strictSegments: options.strictSegments,
      tickUsecs: options.tcpTsTickUsecs,
      onSniffed: (packet, atUs) => {
        if (options.verbose) this.verbose.push(`outbound sniffed packet: ${wideSeconds(atUs)} ${packetText(packet)}`)
      },
    })
  }

  /** Carries out all events. Throws EventProblem at the first failure, or what the host throws. */
  run(): void {
    const { host, onEvent } = this.around
    this.events.forEach((event, index) => {
      onEvent(index)
      this.at(event, () => {
        this.checkOrder(index)
        const due = this.resolve(event, index)
        this.carryOut(event, due)
        this.previousUs = due.us
      })
      this.doneUs[index] = host.now()
    })
  }

  /** After cleanup and Python: a blocking call gets one more second (4-running.md 10.5). */
  finish(): void {
    const { blocking } = this
    if (blocking === null) return
    if (!this.around.host.waitBlocking(BLOCKING_GRACE_US)) {
      const message = 'exiting while a blocking system call is in progress'
      const hint = `${blocking.call.name}() has not returned; due at ${wideSeconds(blocking.due.us).trim()}`
      throw new EventProblem(blocking.event, new Problem('LD_CALL', message, `runtime error: ${message}`, { hint }))
    }
    this.settleBlocking()
  }

  private get tolerance() {
    const { toleranceUsecs, tolerancePercent } = this.around.options
    return { usecs: toleranceUsecs, percent: tolerancePercent }
  }

  private at(event: ScheduledEvent, body: () => void): void {
    try {
      body()
    } catch (error) {
      if (error instanceof EventProblem) throw error
      throw new EventProblem(event, error instanceof Problem ? error : refusedByHost(error))
    }
  }

  private checkOrder(index: number): void {
    const { time } = this.events[index] as ScheduledEvent
    const before = this.events[index - 1]
    if (before === undefined) {
      if (time.us === 0) return
      const message = 'first event should be at time 0'
      throw new Problem('LD_TIME', message, message, { hint: 'write 0 (or +0) for the first event' })
    }
    const absolute = (kind: string) => kind === 'absolute' || kind === 'absolute-range'
    if (absolute(time.kind) && absolute(before.time.kind) && time.us < before.time.us) {
      const message = `time goes backward in script from ${before.time.us} usec to ${time.us} usec`
      throw new Problem('LD_TIME', message, message)
    }
  }

  /** 4-running.md 2.3: relative times count from now, or from the packet before in a run of inbound packets. */
  private resolve({ time, action }: ScheduledEvent, index: number): Due {
    const { kind, us, endUs } = time
    if (kind === 'absolute' || kind === 'absolute-range') return { kind, us, endUs, offsetUs: 0 }
    const inARow = isInbound(action) && isInbound(this.events[index - 1]?.action)
    const offsetUs = inARow && this.previousUs !== null ? this.previousUs : Math.round(this.around.host.now())
    return { kind, us: us + offsetUs, endUs: endUs === null ? null : endUs + offsetUs, offsetUs }
  }

  private carryOut(event: ScheduledEvent, due: Due): void {
    const { action } = event
    switch (action.type) {
      case 'packet':
        if (action.packet.direction === 'inbound') this.inject(action.packet, due)
        else this.expect(event, action.packet, due)
        return
      case 'call':
        if (action.returnUs === null) this.call(action, due)
        else this.startBlocking(event, action, due, action.returnUs)
        return
      case 'command': {
        this.waitFor(due, 'command')
        const why = this.around.shell(action.text)
        if (why === null) return
        const hint = 'its output is above, if it said anything'
        throw new Problem(
          'LD_COMMAND',
          `the command failed: ${why}`,
          `error executing \`${action.text}\` command: ${why}`,
          { hint },
        )
      }
      case 'code':
        this.waitFor(due, 'data collection for code')
        this.snippets.push({
          text: action.code.text,
          line: event.source.line,
          textLine: action.code.line,
          variables: this.snapshot(),
        })
    }
  }

  private inject(packet: ScriptPacket, due: Due): void {
    const { host, context, options } = this.around
    const socket = context.flows.route(packet)
    const { flags, seq } = packet.values.tcp
    if (socket.state === 'synack-sent' && (flags & Flag.ack) !== 0) socket.state = 'synack-acked'
    if (socket.state === 'syn-sent' && (flags & (Flag.syn | Flag.ack)) === (Flag.syn | Flag.ack)) {
      socket.remoteIsn = seq
      socket.state = 'syn-acked'
    }
    // Live before the wait, so that only the hand-over is left for the moment itself.
    const length = makeLive(socket, packet, host.packet, options.tcpTsEcrScaled)
    const before = host.now()
    const now = before < due.us ? host.waitUntil(due.us) : before
    // Nothing between the moment and the packet: whether it was in time is judged, and told, afterwards.
    host.inject(length)
    this.arrived(due, before, now, 'inbound packet')
    if (options.verbose) {
      const live = readPacket(host.packet, length)
      if (live) this.verbose.push(`inbound injected packet: ${wideSeconds(now)} ${packetText(live)}`)
    }
  }

  private expect(event: ScheduledEvent, packet: ScriptPacket, due: Due): void {
    const socket = this.around.context.flows.route(packet)
    const { problem } = this.outbound.expect(socket, packet, due, this.previousUs)
    if (problem === null) return
    if (!this.around.options.nonFatalPackets) throw problem
    this.warnings.push(new EventProblem(event, problem))
  }

  private call({ call, name }: CallEvent, due: Due): void {
    const { host, context } = this.around
    if (this.blocking !== null && host.waitBlocking(BLOCKING_GRACE_US)) this.settleBlocking()
    this.waitFor(due, 'system call start')
    if (call instanceof Problem) throw call
    call.write(this.callRecord, context)
    host.call()
    this.sayCall(name)
    call.judge(this.callRecord, context)
  }

  private startBlocking(event: ScheduledEvent, { call, name }: CallEvent, due: Due, returnUs: number): void {
    const { host, context } = this.around
    if (this.blocking !== null) {
      if (!host.waitBlocking(BLOCKING_GRACE_US)) {
        throw callProblem(name, 'blocking system call while another blocking system call is already in progress')
      }
      this.settleBlocking()
    }
    if (call instanceof Problem) throw call
    this.checkStart(due, Math.max(host.now(), due.us), host.now() < due.us, 'system call start')
    call.write(this.blockingRecord, context)
    this.blockingRecord.flags = CallFlag.blocking
    const returnDue: Due = { kind: due.kind, us: returnUs + due.offsetUs, endUs: null, offsetUs: due.offsetUs }
    this.blocking = { event, call, start: due, due: returnDue, previousUs: this.previousUs }
    if (host.startBlockingCall(due.us) === 'returned') this.settleBlocking()
  }

  /** Judges a blocking call that has returned: its result, then its time. */
  private settleBlocking(): void {
    const { blocking } = this
    if (blocking === null || !this.around.host.blockingReturned()) return
    this.blocking = null
    this.at(blocking.event, () => {
      const { call, start, due, previousUs } = blocking
      // The host waited for the start by itself: only now is it told whether that was in time.
      const startedUs = Math.round(this.blockingRecord.startUs)
      if (previousUs !== null) this.checkTime(start, startedUs, previousUs, 'system call start', 'undecided')
      this.sayCall(call.name)
      const returnedUs = Math.round(this.blockingRecord.returnUs)
      call.judge(this.blockingRecord, this.around.context)
      this.checkTime(due, returnedUs, start.us, 'system call return', 'fail')
    })
  }

  /** Lets the event's time come, and checks that we are not late. */
  private waitFor(due: Due, what: string): void {
    const { host } = this.around
    const before = host.now()
    this.arrived(due, before, before < due.us ? host.waitUntil(due.us) : before, what)
  }

  /** The event's time has come: `before` we waited, and `now`. */
  private arrived(due: Due, before: number, now: number, what: string): void {
    if (this.blocking !== null) this.settleBlocking()
    this.checkStart(due, now, before < due.us, what)
  }

  /**
   * `onTime`: whether the script had come here before the event was due. If so, a late start is our own lateness and
   * says nothing about the stack; if not, what went before took too long.
   */
  private checkStart(due: Due, now: number, onTime: boolean, what: string): void {
    if (this.previousUs === null) return
    this.checkTime(due, Math.round(now), this.previousUs, what, onTime ? 'undecided' : 'fail')
  }

  private checkTime(due: Due, actualUs: number, reference: number, what: string, verdict: 'fail' | 'undecided'): void {
    const error = timingError(what, due, actualUs, reference, this.tolerance)
    if (error === null) return
    const hint =
      verdict === 'undecided'
        ? 'the tester itself was late (a busy machine?): the stack was not judged; run it again'
        : what === 'system call return'
          ? null
          : 'what came before took longer than the script allows: a relative time (+…) counts from its end'
    const time = {
      expectedUs: due.us,
      endUs: due.endUs,
      actualUs,
      toleranceUs: toleranceUs(due, reference, this.tolerance),
    }
    throw new Problem('LD_TIMING', error, error, { hint, time }, verdict)
  }

  private snapshot(): PythonVariables {
    const { host, context } = this.around
    const socket = context.flows.underTest
    const problem = (message: string, hint: string) =>
      new Problem('LD_CODE', message, `runtime error in code: ${message}`, { hint })
    if (socket === null) throw problem('no socket to use for code', 'open a socket before the block')
    if (socket.liveFd < 0) {
      const hint = 'the connection has no descriptor before accept(): move the block behind it'
      throw problem("can't find getsockopt to get TCP info", hint)
    }
    try {
      return host.pythonVariables(socket.liveFd)
    } catch (error) {
      if ((error as HostFailure).code !== 'LD_TCP_INFO') throw error
      throw problem((error as HostFailure).message, 'the stack has no connection behind this descriptor now')
    }
  }

  private sayCall(name: string): void {
    if (!this.around.options.verbose) return
    const epoch = (Date.now() / 1000).toFixed(6)
    this.verbose.push(`${name} syscall: ${epoch.padStart(9)}`)
  }
}

/** A call that can never return is the stack's (or the script's) failure; anything else is the environment's. */
function refusedByHost(error: unknown): Problem {
  const { code, message, remedy = null } = error as HostFailure
  if (code === undefined) throw error
  return new Problem(code, message, message, { hint: remedy }, code === 'LD_CALL_SLEEPS' ? 'fail' : 'error')
}

const isInbound = (action: ScheduledAction | undefined) =>
  action?.type === 'packet' && action.packet.direction === 'inbound'
