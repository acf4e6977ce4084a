// A userspace stack as the interpreter sees it: the Host face over the run's channel; the stack itself is in another
// thread (dpdk-thread.ts). Interpreter thread, timed phase included. Read first: host.ts, layout.ts, channel.ts.
import { LunaTcpInfo, lunaTcpInfoFields } from '@lunadrill/dpdk-native'
import type { FaultOrder } from '@lunadrill/parser'
import { lunaPythonVariables, type PythonVariables } from '@lunadrill/tcpinfo'
import { EngineError } from '../errors.js'
import { readTcpInfo, refusal } from './admin-client.js'
import { ChannelClient, copyOctets } from './channel.js'
import { sendFault } from './fault-record.js'
import type { Host } from './host.js'
import { AdvanceStop, Call, CallFlag, CallOp, CommandKind, EventKind } from './layout.js'
import { PacketQueue } from './packet-queue.js'
import { ProcessorWait } from './processor-wait.js'
import { monotonicUs, sleepUntilUs } from './wall-time.js'

export interface DpdkHostOptions {
  /** The run's channel, which the host's thread was opened with (createChannel). */
  channel: SharedArrayBuffer
  /** As the host's thread was opened. */
  clock: 'virtual' | 'wall'
  /** The stack as it calls itself (`lwIP 2.1.3`), for messages; absent: `this stack`. */
  stack?: string
  /** Those who must have a processor in wall time: their folders in /proc; absent: nobody. */
  tasks?: readonly string[]
}

/** The fields of luna_tcp_info, by bit. */
const TCP_INFO_FIELDS = lunaTcpInfoFields.map(({ name }) => name)
/** What has not happened after this much virtual time never will: a day outlasts all timers of TCP. */
const FAR_US = 86_400e6
/** A parked host takes up to 200 us to wake up, and then spins for 600 (poll-loop.cc). */
const WAKE_AHEAD_US = 400
const FIRST_REMOTE_PORT = 32768

export class DpdkHost implements Host {
  readonly clock: 'virtual' | 'wall'
  readonly callRecord = new Uint8Array(Call.size)
  readonly blockingRecord = new Uint8Array(Call.size)
  readonly packet = new Uint8Array(65536 + 64)

  private readonly client: ChannelClient
  private readonly callView = new DataView(this.callRecord.buffer)
  private readonly blockingView = new DataView(this.blockingRecord.buffer)
  private readonly queue = new PacketQueue()
  private readonly virtual: boolean
  private readonly stack: string
  private nextPort = FIRST_REMOTE_PORT
  /** Wall: CLOCK_MONOTONIC at time 0; NaN before. Virtual: unused. */
  private zeroUs = Number.NaN
  /** Virtual: the time that the host was last seen at. */
  private timeUs = 0
  private callInFlight = false
  private blockingInFlight = false
  /** Which of the two the command just given runs: its `returned` is the answer, the other's is not. */
  private asked: 'call' | 'blocking' | 'other' = 'other'
  private sniffedUs = 0
  private closed = false
  private readonly processorWait: ProcessorWait

  constructor({ channel, clock, stack = 'this stack', tasks = [] }: DpdkHostOptions) {
    this.client = new ChannelClient(channel)
    this.clock = clock
    this.virtual = clock === 'virtual'
    this.stack = stack
    this.processorWait = new ProcessorWait(this.virtual ? [] : tasks)
  }

  remotePort(): number {
    const port = this.nextPort
    this.nextPort = port === 65535 ? 1024 : port + 1
    return port
  }

  /** LD_START: virtual time has moved already. */
  start(): void {
    const zero = this.virtual ? 0 : monotonicUs()
    this.client.command(CommandKind.start, zero)
    this.expect(EventKind.started)
    this.zeroUs = zero
  }

  now(): number {
    if (this.virtual) return this.timeUs
    return Number.isNaN(this.zeroUs) ? 0 : monotonicUs() - this.zeroUs
  }

  waitUntil(us: number): number {
    if (!this.virtual) {
      if (!Number.isNaN(this.zeroUs)) this.sleepUntil(this.zeroUs + us)
      return this.now()
    }
    // Only a full event ring stops it earlier, and reading has emptied that.
    while (this.timeUs < us) this.advance(us, 0)
    return this.timeUs
  }

  /** LD_CALL: the record makes no sense. LD_CALL_SLEEPS: in virtual time, the call would never return. */
  call(): void {
    this.callInFlight = true
    if (this.send(this.callRecord, this.callView, 0)) return
    const limit = this.timeUs + FAR_US
    while (this.callInFlight) {
      if (!this.virtual) {
        this.client.wait(Infinity)
        this.drain()
      } else if (this.timeUs >= limit) {
        throw new EngineError(
          'LD_CALL_SLEEPS',
          'the call sleeps, and nothing that the stack waits for will wake it',
          'Give the call an end time in the script (0...1 accept(…)), or let what it waits for come before it.',
        )
      } else {
        this.advance(limit, AdvanceStop.returned)
      }
    }
  }

  /** LD_BLOCKED: the last one is still in flight. LD_CALL as `call`. */
  startBlockingCall(atUs: number): 'blocked' | 'returned' {
    this.waitUntil(atUs)
    if (this.blockingInFlight) throw new EngineError('LD_BLOCKED', 'the last blocking call has not returned yet')
    this.blockingInFlight = true
    return this.send(this.blockingRecord, this.blockingView, CallFlag.blocking) ? 'returned' : 'blocked'
  }

  blockingReturned(): boolean {
    this.drain()
    return !this.blockingInFlight
  }

  waitBlocking(timeoutUs: number): boolean {
    if (this.blockingReturned()) return true
    if (this.virtual) {
      const until = this.timeUs + Math.min(timeoutUs, FAR_US)
      while (this.blockingInFlight && this.timeUs < until) this.advance(until, AdvanceStop.returned)
    } else {
      const until = performance.now() + timeoutUs / 1000
      while (this.blockingInFlight && this.client.wait(Math.max(0, until - performance.now()))) this.drain()
    }
    return !this.blockingInFlight
  }

  /** LD_INJECT: not a packet that the wire carries. */
  inject(length: number, atUs = 0): number {
    const now = this.waitUntil(atUs)
    const at = this.client.begin(CommandKind.inject, 0, 8 + length)
    this.client.view.setUint32(at, length, true)
    this.client.view.setUint32(at + 4, 0, true)
    copyOctets(this.packet, 0, this.client.octets, at + 8, length)
    this.client.commit()
    this.expect(EventKind.injected)
    return now
  }

  sniff(timeoutUs: number): number {
    this.drain()
    if (this.queue.empty && timeoutUs > 0) {
      if (this.virtual) {
        const until = this.timeUs + Math.min(timeoutUs, FAR_US)
        while (this.queue.empty && this.timeUs < until) this.advance(until, AdvanceStop.sniffed)
      } else {
        const until = performance.now() + timeoutUs / 1000
        while (this.queue.empty && this.client.wait(Math.max(0, until - performance.now()))) this.drain()
      }
    }
    if (this.queue.empty) return 0
    this.sniffedUs = this.queue.firstAtUs()
    return this.queue.shift(this.packet)
  }

  sniffedAtUs(): number {
    return this.sniffedUs
  }

  waitedUs(): number {
    return this.processorWait.us()
  }

  /** LD_UNSUPPORTED: the stack or its port cannot have it. */
  interfere(order: FaultOrder): void {
    sendFault(this.client, order)
    this.expect(EventKind.faultBegun)
  }

  /** LD_TCP_INFO: the stack knows nothing of `fd`. */
  pythonVariables(fd: number): PythonVariables {
    const view = this.callView
    this.callRecord.fill(0, 0, Call.data)
    view.setUint32(Call.op, CallOp.stackTcpInfo, true)
    view.setInt32(Call.fd, fd, true)
    view.setUint32(Call.outCapacity, LunaTcpInfo.size, true)
    this.call()
    if (view.getInt32(Call.result, true) < 0) {
      const errno = view.getInt32(Call.errno, true)
      throw new EngineError('LD_TCP_INFO', `the stack has no tcp_info of descriptor ${fd} (errno ${errno})`)
    }
    return lunaPythonVariables(readTcpInfo(view, Call.data), { stack: this.stack, fields: TCP_INFO_FIELDS })
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.processorWait.close()
    this.client.command(CommandKind.close)
    this.expect(EventKind.closed)
  }

  /** Wall: the host is woken shortly before, so that it looks for commands when the moment has come. */
  private sleepUntil(us: number): void {
    sleepUntilUs(us - WAKE_AHEAD_US)
    this.client.wake()
    sleepUntilUs(us)
  }

  /** Gives a call to the host: whether it has returned, else it sleeps. */
  private send(record: Uint8Array, view: DataView, flags: number): boolean {
    view.setUint32(Call.flags, flags, true)
    const octets = Call.data + Math.min(view.getUint32(Call.inLength, true), Call.size - Call.data)
    const at = this.client.begin(CommandKind.call, 0, octets)
    copyOctets(record, 0, this.client.octets, at, octets)
    this.client.commit()
    this.asked = flags === 0 ? 'call' : 'blocking'
    const answer = this.answer()
    this.asked = 'other'
    if (answer === EventKind.returned) return true
    if (answer === EventKind.blocked) return false
    if (flags === 0) this.callInFlight = false
    else this.blockingInFlight = false
    throw refusal(this.client)
  }

  /** Virtual time goes on to `untilUs`, or to what stops it before. */
  private advance(untilUs: number, stop: number): void {
    const at = this.client.begin(CommandKind.advance, untilUs, 8)
    this.client.view.setUint32(at, stop, true)
    this.client.view.setUint32(at + 4, 0, true)
    this.client.commit()
    this.expect(EventKind.advanced)
  }

  private expect(kind: number): void {
    if (this.answer() !== kind) throw refusal(this.client)
  }

  /** Takes events until one answers the command just given, and leaves that one open. */
  private answer(): number {
    for (;;) {
      while (this.client.next()) {
        if (!this.take()) continue
        if (this.virtual) this.timeUs = this.client.timeUs
        return this.client.kind
      }
      this.client.wait(Infinity)
    }
  }

  private drain(): void {
    while (this.client.next()) this.take()
  }

  /** One event: into the queue, or into its record. True where it is an answer. */
  private take(): boolean {
    const { client } = this
    switch (client.kind) {
      case EventKind.sniffed: {
        const length = client.view.getUint32(client.payloadAt, true)
        this.queue.push(client.octets, client.payloadAt + 8, length, client.timeUs)
        return false
      }
      case EventKind.returned: {
        const blocking = (client.view.getUint32(client.payloadAt + Call.flags, true) & CallFlag.blocking) !== 0
        const record = blocking ? this.blockingRecord : this.callRecord
        copyOctets(client.octets, client.payloadAt, record, 0, Math.min(client.payloadLength, Call.size))
        if (blocking) this.blockingInFlight = false
        else this.callInFlight = false
        return this.asked === (blocking ? 'blocking' : 'call')
      }
      default:
        return true
    }
  }
}
