// A host around a host: what is asked of the stack, and what it does, becomes a trace, one line per call and packet with its
// time; events put their own lines between. In virtual time the same script gives the same octets of trace, each time and
// on any machine. Interpreter thread: it keeps copies, and words are made when the run is over.
// Read first: host.ts; trace/numbers.ts.
import type { FaultOrder } from '@lunadrill/parser'
import { errnoName, type PythonVariables } from '@lunadrill/tcpinfo'
import { CallRecord } from '../call/record.js'
import { wideSeconds } from '../clock/tolerance.js'
import { type NumberSpace, type TraceNumbers, traceNumbers } from '../trace/numbers.js'
import type { Host } from './host.js'
import { CallOp } from './layout.js'

/** What comes behind the time in a line; without words, there is none. */
type Entry = { readonly us: number; readonly words: (numbers: TraceNumbers) => string | null }

const behind = (word: string, text: string | null) => (text === null ? null : `${word}${text}`)

export class RecordingHost implements Host {
  readonly clock: Host['clock']
  readonly callRecord: Uint8Array
  readonly blockingRecord: Uint8Array
  readonly packet: Uint8Array
  /** As the host has it, or not. */
  readonly interfere?: (order: FaultOrder) => void
  readonly waitedUs?: () => number

  private readonly entries: Entry[] = []
  private readonly called: CallRecord
  private readonly blocking: CallRecord
  private blocked = false

  constructor(
    private readonly host: Host,
    private readonly space: NumberSpace,
  ) {
    this.clock = host.clock
    this.callRecord = host.callRecord
    this.blockingRecord = host.blockingRecord
    this.packet = host.packet
    this.called = new CallRecord(host.callRecord)
    this.blocking = new CallRecord(host.blockingRecord)
    if (host.waitedUs !== undefined) this.waitedUs = () => host.waitedUs?.() ?? 0
    if (host.interfere === undefined) return
    this.interfere = (order) => {
      host.interfere?.(order)
      this.note(host.now(), () => `fault ${order.name}`)
    }
  }

  /** Puts a line of the caller's own between. */
  note(us: number, words: Entry['words']): void {
    this.entries.push({ us, words })
  }

  /** All so far, without line ends. */
  lines(): string[] {
    const numbers = traceNumbers(this.space)
    return this.entries.flatMap(({ us, words }) => behind(`${wideSeconds(us)}  `, words(numbers)) ?? [])
  }

  remotePort(): number {
    return this.host.remotePort()
  }

  start(): void {
    this.host.start()
  }

  now(): number {
    return this.host.now()
  }

  waitUntil(us: number): number {
    return this.host.waitUntil(us)
  }

  call(): void {
    this.host.call()
    this.keepCall(this.called)
  }

  startBlockingCall(atUs: number): 'blocked' | 'returned' {
    const outcome = this.host.startBlockingCall(atUs)
    if (outcome === 'returned') {
      this.keepCall(this.blocking)
    } else {
      const { op, fd } = this.blocking
      this.blocked = true
      this.note(Math.max(atUs, this.host.now()), (numbers) => `call  ${opName(op)} ${numbers.fd(fd)} blocks`)
    }
    return outcome
  }

  blockingReturned(): boolean {
    return this.returned(this.host.blockingReturned())
  }

  waitBlocking(timeoutUs: number): boolean {
    return this.returned(this.host.waitBlocking(timeoutUs))
  }

  inject(length: number, atUs?: number): number {
    // The host may use the buffer anew.
    const octets = this.packet.slice(0, length)
    const us = this.host.inject(length, atUs)
    this.note(us, (numbers) => behind('in    ', numbers.packet(octets, false)))
    return us
  }

  sniff(timeoutUs: number): number {
    const length = this.host.sniff(timeoutUs)
    if (length > 0) {
      const octets = this.packet.slice(0, length)
      this.note(this.host.sniffedAtUs(), (numbers) => behind('out   ', numbers.packet(octets, true)))
    }
    return length
  }

  sniffedAtUs(): number {
    return this.host.sniffedAtUs()
  }

  pythonVariables(fd: number): PythonVariables {
    const variables = this.host.pythonVariables(fd)
    const live = () => [...variables.values].filter(([name]) => name.startsWith('tcpi_'))
    this.note(
      this.host.now(),
      (numbers) =>
        `info  ${numbers.fd(fd)} ${live()
          .map(([name, value]) => `${name.slice(5)}=${value}`)
          .join(' ')}`,
    )
    return variables
  }

  close(): void {
    this.host.close()
  }

  private returned(is: boolean): boolean {
    if (is && this.blocked) {
      this.blocked = false
      this.keepCall(this.blocking)
    }
    return is
  }

  private keepCall({ op, fd, result, errno, startUs, returnUs }: CallRecord): void {
    const error = errno === 0 ? '' : ` ${errnoName(errno) ?? errno}`
    this.note(returnUs, (numbers) => {
      const of = numbers.fd(fd)
      const value = result >= 0 && makesDescriptor.has(op) ? numbers.newFd(result) : result
      return `call  ${opName(op)} ${of} = ${value}${error}${numbers.since(startUs, returnUs)}`
    })
  }
}

const opNames: ReadonlyMap<number, string> = new Map(Object.entries(CallOp).map(([name, op]) => [op, name]))
const opName = (op: number) => opNames.get(op) ?? String(op)
/** Calls whose result is a descriptor. */
const makesDescriptor: ReadonlySet<number> = new Set([CallOp.socket, CallOp.accept, CallOp.epollCreate, CallOp.open])
