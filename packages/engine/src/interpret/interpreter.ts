// The loop that carries a script out: one event after the other, each at its time, each judged. It touches no socket,
// clock or file itself: the host and the embedded programs are given to it.
// Interpreter thread; never returns to an event loop between the first event and the last.
// Read first: language/4-running.md 10 (the loop) and 2 (time).
import type { FaultOrder } from '@lunadrill/parser'
import type { PythonVariables } from '@lunadrill/tcpinfo'
import type { CallContext } from '../call/call.js'
import { CallRecord } from '../call/record.js'
import { type Due, type Tolerance, wideSeconds } from '../clock/tolerance.js'
import { type CommandFailure, commandProblem } from '../embed/command.js'
import type { Snippet } from '../embed/python.js'
import { livePacket, makeLive } from '../flow/translate.js'
import type { Host, HostFailure } from '../host/host.js'
import type { RunOptions } from '../run/types.js'
import type { ScheduledAction, ScheduledEvent } from '../schedule/schedule.js'
import type { ScriptPacket } from '../schedule/script-packet.js'
import type { Lateness } from '../trace/failure.js'
import { Problem, skip } from '../trace/problem.js'
import { packetText } from '../wire/packet.js'
import { BlockingCall } from './blocking-call.js'
import { at, EventProblem } from './event-problem.js'
import { latenesses, worstLatenessUs } from './lateness.js'
import { Outbound } from './outbound.js'
import { type Arrival, Punctuality } from './punctuality.js'
import { Stamps } from './stamps.js'

export interface Surroundings {
  readonly host: Host
  readonly context: CallContext
  readonly options: RunOptions
  /** Runs a shell command to its end; null where it succeeded. */
  readonly shell: (text: string) => CommandFailure | null
  /** How long tasks have waited for a processor so far, microseconds; null where commands wait for nobody. */
  readonly stallUs: (() => number) | null
  /** Called when an event begins, with its index and the time. */
  readonly onEvent: (index: number, us: number) => void
}

type CallEvent = Extract<ScheduledAction, { type: 'call' }>

export class Interpreter {
  /** What Python is to be asked at the end. */
  readonly snippets: Snippet[] = []
  readonly warnings: EventProblem[] = []
  readonly verbose: string[] = []

  private readonly stamps: Stamps
  /** Index of the event that is being carried out. */
  private index = 0
  private readonly tolerance: Tolerance
  private readonly punctuality: Punctuality
  private readonly outbound: Outbound
  private readonly blocking: BlockingCall
  private readonly callRecord: CallRecord

  constructor(
    private readonly events: readonly ScheduledEvent[],
    private readonly around: Surroundings,
  ) {
    const { host, context, options } = around
    const tolerance = { usecs: options.toleranceUsecs, percent: options.tolerancePercent }
    this.tolerance = tolerance
    this.stamps = new Stamps(events.length)
    this.callRecord = new CallRecord(host.callRecord)
    this.punctuality = new Punctuality(host, tolerance)
    this.blocking = new BlockingCall(host, context, this.punctuality)
    this.outbound = new Outbound(host, context.flows, {
      tolerance,
      strictSegments: options.strictSegments,
      tickUsecs: options.tcpTsTickUsecs,
      onPacket: (atUs) => this.stamps.packet(atUs),
      onSniffed: (packet, atUs) => {
        if (options.verbose) this.verbose.push(`outbound sniffed packet: ${wideSeconds(atUs)} ${packetText(packet)}`)
      },
    })
  }

  /** Carries out all events. Throws EventProblem at the first failure, or what the host throws. */
  run(): void {
    const { stamps } = this
    const { host, onEvent } = this.around
    let us = host.now()
    this.events.forEach((event, index) => {
      onEvent(index, us)
      this.index = index
      stamps.pickedUs[index] = us
      if (host.waitedUs !== undefined) stamps.waitedUs[index] = host.waitedUs()
      at(event, () => {
        this.checkOrder(index)
        const due = this.resolve(event, index)
        stamps.dueUs[index] = due.kind === 'any' ? Number.NaN : due.us
        this.carryOut(event, due)
        this.punctuality.previousUs = due.us
      })
      us = host.now()
    })
    stamps.pickedUs[this.events.length] = us
  }

  /** When an event was done with, microseconds; NaN where it was not, or not reached. */
  doneUs(index: number): number {
    return this.stamps.pickedUs[index + 1] as number
  }

  /** After cleanup and Python. Throws EventProblem where a blocking call is still in flight. */
  finish(): void {
    this.blocking.finish()
  }

  /** Why a failure of `event` says nothing about the stack: when the tester itself was late before it. */
  lateness(event: ScheduledEvent): Lateness[] {
    const { host } = this.around
    // What the stack has sent meanwhile, and nobody has looked at, tells of its timers. Virtual time is never late.
    while (host.clock === 'wall' && host.sniff(0) > 0) this.stamps.packet(host.sniffedAtUs())
    if (host.waitedUs !== undefined) this.stamps.waitedUs[this.index + 1] = host.waitedUs()
    return latenesses(this.events, this.stamps, this.events.indexOf(event), this.tolerance)
  }

  /** Microseconds, over all events that were reached. */
  worstLatenessUs(): number {
    return worstLatenessUs(this.events, this.stamps)
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
    const { previousUs } = this.punctuality
    const offsetUs = inARow && previousUs !== null ? previousUs : Math.round(this.stamps.pickedUs[index] as number)
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
        this.call(event, action, due)
        return
      case 'fault':
        this.await(due, 'fault')
        this.interfere(action.order)
        return
      case 'command':
        this.await(due, 'command')
        this.command(action.text)
        return
      case 'code':
        this.await(due, 'data collection for code')
        this.snippets.push({
          text: action.code.text,
          line: event.source.line,
          textLine: action.code.line,
          variables: this.snapshot(),
        })
    }
  }

  /** Lets the event's time come; a blocking call that has returned while it was waited for is judged first. */
  private await(due: Due, what: string): void {
    this.arrived(due, this.punctuality.await(due), what)
  }

  private arrived(due: Due, arrival: Arrival, what: string): void {
    const { stamps, index } = this
    stamps.actedUs[index] = arrival.us
    // Upstream lets go of its lock only where it sleeps: what has returned then is judged, what has returned since is not.
    if (arrival.waited) this.blocking.settle(arrival.us)
    this.punctuality.checkStart(due, arrival, what)
  }

  private inject(packet: ScriptPacket, due: Due): void {
    const { host, context, options } = this.around
    const socket = context.flows.route(packet)
    context.flows.injecting(socket, packet.values)
    // Live before the wait, so that only the hand-over is left for the moment itself; nothing comes between the two:
    // whether it was in time is told, and judged, afterwards.
    const length = makeLive(socket, packet, host.packet, options.tcpTsEcrScaled)
    const waited = host.now() < due.us
    const arrival = { waited, us: host.inject(length, due.us) }
    if (options.verbose) {
      const live = packetText(livePacket(packet, host.packet))
      this.verbose.push(`inbound injected packet: ${wideSeconds(arrival.us)} ${live}`)
    }
    this.arrived(due, arrival, 'inbound packet')
  }

  private expect(event: ScheduledEvent, packet: ScriptPacket, due: Due): void {
    const socket = this.around.context.flows.route(packet)
    const { atUs, problem } = this.outbound.expect(socket, packet, due, this.punctuality.previousUs)
    const { stamps, index } = this
    stamps.actedUs[index] = atUs
    stamps.returnedUs[index] = this.around.host.now()
    if (problem === null) return
    if (!this.around.options.nonFatalPackets) throw problem
    this.warnings.push(new EventProblem(event, problem))
  }

  private call(event: ScheduledEvent, { call, name, returnUs }: CallEvent, due: Due): void {
    const { host, context } = this.around
    if (returnUs !== null) {
      if (call instanceof Problem) throw call
      const { stamps, index } = this
      // Until it has returned and tells better.
      stamps.actedUs[index] = Math.max(due.us, stamps.pickedUs[index] as number)
      this.blocking.start(event, call, due, returnUs, (startUs) => {
        stamps.actedUs[index] = startUs
        this.sayCall(name)
      })
      return
    }
    // One that is still in flight after its second is left alone (3-calls.md 6.1).
    const { busy } = this.blocking
    const idle = this.blocking.idle()
    if (busy) this.stamps.freedUs[this.index] = idle ? this.blocking.returnedUs : host.now()
    this.await(due, 'system call start')
    if (call instanceof Problem) throw call
    call.write(this.callRecord, context)
    host.call()
    this.stamps.actedUs[this.index] = this.callRecord.startUs
    this.stamps.returnedUs[this.index] = this.callRecord.returnUs
    this.sayCall(name)
    call.judge(this.callRecord, context)
  }

  private interfere(order: FaultOrder): void {
    const { host } = this.around
    // Schedules with faults are refused for such a host.
    if (host.interfere === undefined) throw skip(`a userspace stack: the fault ${order.name}`)
    host.interfere(order)
    this.stamps.returnedUs[this.index] = host.now()
    if (this.around.options.verbose) this.verbose.push(`fault: ${wideSeconds(host.now())} ${order.name}`)
  }

  private command(text: string): void {
    const { shell, stallUs, host } = this.around
    const before = stallUs?.() ?? 0
    const failure = shell(text)
    const { stamps, index } = this
    stamps.returnedUs[index] = host.now()
    const tookUs = (stamps.returnedUs[index] as number) - (stamps.actedUs[index] as number)
    if (stallUs !== null) stamps.stalledUs[index] = Math.min(tookUs, stallUs() - before)
    if (failure !== null) throw commandProblem('the command', failure, `error executing \`${text}\` command`)
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
    const epoch = ((performance.timeOrigin + performance.now()) / 1000).toFixed(6)
    this.verbose.push(`${name} syscall: ${epoch.padStart(9)}`)
  }
}

const isInbound = (action: ScheduledAction | undefined) =>
  action?.type === 'packet' && action.packet.direction === 'inbound'
