// Playbooks: a stack that exists only as a list. What the interpreter must ask of the host stands in it in order, and
// between the commands what the stack does then: packets that it sends, calls that return, the clock that oversleeps.
// Time is virtual. A command that is not the next one, or a list that is not played to its end, is an error.
import type { PythonVariables } from '@lunadrill/tcpinfo'
import { CallRecord } from '../../src/call/record.js'
import type { CommandFailure } from '../../src/embed/command.js'
import type { Host } from '../../src/host/host.js'
import { Call, CallOp } from '../../src/host/layout.js'
import { type IpAddress, parseAddress } from '../../src/wire/address.js'
import { sealIpv4 } from '../../src/wire/ipv4.js'
import { put16 } from '../../src/wire/octets.js'
import { packetText, readPacket } from '../../src/wire/packet.js'
import { packet } from './packets.js'

/** Addresses and ports of the run that playbooks are about. */
export const ENDPOINTS = {
  localIp: parseAddress('192.168.0.2', 'ipv4') as IpAddress,
  remoteIp: parseAddress('192.0.2.1', 'ipv4') as IpAddress,
  bindPort: 8080,
  connectPort: 9090,
  anyip: false,
}
/** The tester's port of the first passive connection; further ones count up. */
export const FIRST_REMOTE_PORT = 40_000

type CallName = keyof typeof CallOp

export interface Answer {
  readonly errno?: number
  /** What the call returns in its data: [offset, 32-bit number] pairs, or octets. */
  readonly out?: readonly number[] | Uint8Array
  /** outLength; the length of `out` where not given. */
  readonly outLength?: number
  /** How long the call keeps the interpreter. */
  readonly takesUs?: number
}

export type Step =
  | { readonly kind: 'call'; readonly name: CallName; readonly result: number | 'blocks'; readonly answer: Answer }
  | { readonly kind: 'inject'; readonly text: string }
  | { readonly kind: 'sends'; readonly octets: Uint8Array; readonly afterUs: number }
  | { readonly kind: 'returns'; readonly result: number; readonly answer: Answer; readonly afterUs: number }
  | { readonly kind: 'shell'; readonly text: string; readonly why: string | null; readonly takesUs: number }
  | { readonly kind: 'snapshot'; readonly variables: PythonVariables | Error }
  | { readonly kind: 'oversleeps'; readonly us: number }

/** The interpreter must make this call; it returns `result`. */
export const call = (name: CallName, result: number, answer: Answer = {}): Step => ({
  kind: 'call',
  name,
  result,
  answer,
})

/** The interpreter must start this call as a blocking one, and it sleeps until `returns`. */
export const blocks = (name: CallName): Step => ({ kind: 'call', name, result: 'blocks', answer: {} })

/** The blocking call in flight returns, `afterUs` after the command before. */
export const returns = (result: number, afterUs: number, answer: Answer = {}): Step => ({
  kind: 'returns',
  result,
  answer,
  afterUs,
})

/** The interpreter must inject this packet: its text in live numbers. */
export const inject = (text: string): Step => ({ kind: 'inject', text })

/**
 * The stack sends a packet of its own numbers, `afterUs` after the command before. `line` is in the script's notation;
 * ports are the first passive connection's where none are written.
 */
export function sends(line: string, afterUs = 0, change: (octets: Uint8Array) => void = () => {}): Step {
  return { kind: 'sends', octets: liveOctets(line, change), afterUs }
}

/** The interpreter must run this shell command; `why` is upstream's word for its failure. */
export const shell = (text: string, why: string | null = null, takesUs = 0): Step => ({
  kind: 'shell',
  text,
  why,
  takesUs,
})

/** The interpreter must ask for Python's variables. */
export const snapshot = (variables: PythonVariables | Error): Step => ({ kind: 'snapshot', variables })

/** The next wait for a time ends so much too late: a busy machine. */
export const oversleeps = (us: number): Step => ({ kind: 'oversleeps', us })

interface Coming {
  readonly atUs: number
  readonly happen: () => void
}

const opNames: ReadonlyMap<number, string> = new Map(Object.entries(CallOp).map(([name, number]) => [number, name]))

export class PlaybookHost implements Host {
  readonly clock = 'virtual'
  readonly callRecord = new Uint8Array(Call.size)
  readonly blockingRecord = new Uint8Array(Call.size)
  readonly packet = new Uint8Array(65536 + 64)
  /** Every command with its time, such as `0.100000 inject S 0:0(0) win 1000`. */
  readonly log: string[] = []
  /** Descriptors that calls were made on, in order. */
  readonly fds: number[] = []
  closed = 0

  private next = 0
  private timeUs = 0
  private readonly coming: Coming[] = []
  private readonly sniffable: { readonly octets: Uint8Array; readonly atUs: number }[] = []
  private sniffedUs = 0
  private port = FIRST_REMOTE_PORT
  private blockingInFlight = false
  private oversleepUs = 0

  constructor(private readonly steps: readonly Step[]) {
    this.react()
  }

  /** Throws where the interpreter has not asked for all that it should have. */
  finished(): void {
    const left = this.steps[this.next]
    if (left !== undefined) throw new Error(`playbook: never came to ${describe(left)}\n${this.log.join('\n')}`)
  }

  remotePort(): number {
    return this.port++
  }
  start(): void {}
  now(): number {
    return this.timeUs
  }

  waitUntil(us: number): number {
    const oversleep = this.timeUs < us ? this.oversleepUs : 0
    if (oversleep > 0) this.oversleepUs = 0
    this.advance(us + oversleep)
    return this.timeUs
  }

  call(): void {
    this.begin(this.callRecord)
  }

  startBlockingCall(atUs: number): 'blocked' | 'returned' {
    this.waitUntil(atUs)
    if (this.blockingInFlight) throw new Error('playbook: two blocking calls at a time')
    return this.begin(this.blockingRecord)
  }

  blockingReturned(): boolean {
    return !this.blockingInFlight
  }

  waitBlocking(timeoutUs: number): boolean {
    this.advanceWhile(() => this.blockingInFlight, this.timeUs + timeoutUs)
    return !this.blockingInFlight
  }

  inject(length: number, atUs = 0): number {
    const now = this.waitUntil(atUs)
    const live = readPacket(this.packet, length)
    if (live === null) throw new Error('playbook: injected what is no TCP packet')
    const text = packetText(live)
    const step = this.take('inject', `inject ${text}`)
    if (step.text.trim() !== text.trim()) this.refuse(step, `inject ${text}`)
    this.react()
    return now
  }

  sniff(timeoutUs: number): number {
    const until = this.timeUs + timeoutUs
    if (until === Number.POSITIVE_INFINITY && this.sniffable.length === 0 && this.coming.length === 0) {
      throw new Error('playbook: waits for a packet for ever')
    }
    this.advanceWhile(() => this.sniffable.length === 0, until)
    const first = this.sniffable.shift()
    if (first === undefined) return 0
    this.packet.set(first.octets)
    this.sniffedUs = first.atUs
    return first.octets.length
  }

  sniffedAtUs(): number {
    return this.sniffedUs
  }

  pythonVariables(fd: number): PythonVariables {
    const { variables } = this.take('snapshot', `snapshot of ${fd}`)
    this.react()
    if (variables instanceof Error) throw variables
    return variables
  }

  close(): void {
    this.closed++
  }

  /** What the interpreter is given as its shell. */
  readonly shell = (text: string): CommandFailure | null => {
    const step = this.take('shell', `shell ${text}`)
    if (step.text !== text) this.refuse(step, `shell ${text}`)
    this.advance(this.timeUs + step.takesUs)
    this.react()
    return step.why === null ? null : { code: 'LD_COMMAND', why: step.why, hint: '' }
  }

  private begin(octets: Uint8Array): 'blocked' | 'returned' {
    const view = new DataView(octets.buffer)
    const name = opNames.get(view.getUint32(Call.op, true)) ?? '?'
    this.fds.push(view.getInt32(Call.fd, true))
    const blocking = octets === this.blockingRecord
    const what = `${blocking ? 'start' : 'call'} ${name}`
    const step = this.take('call', what)
    if (step.name !== name) this.refuse(step, what)
    view.setFloat64(Call.startUs, this.timeUs, true)
    if (step.result === 'blocks') {
      if (!blocking) this.refuse(step, what)
      this.blockingInFlight = true
      this.react()
      return 'blocked'
    }
    this.advance(this.timeUs + (step.answer.takesUs ?? 0))
    fill(octets, step.result, step.answer, this.timeUs)
    this.react()
    return 'returned'
  }

  /** Takes the next step, which must be of this kind. */
  private take<K extends Step['kind']>(kind: K, what: string): Extract<Step, { kind: K }> {
    const step = this.steps[this.next]
    if (step?.kind !== kind) this.refuse(step, what)
    this.next++
    this.log.push(`${(this.timeUs / 1e6).toFixed(6)} ${what}`)
    return step as Extract<Step, { kind: K }>
  }

  private refuse(step: Step | undefined, what: string): never {
    const expected = step === undefined ? 'nothing more' : describe(step)
    throw new Error(`playbook: ${what} instead of ${expected}\n${this.log.join('\n')}`)
  }

  /** Plans what the stack does after the command that has just been taken. */
  private react(): void {
    for (; ; this.next++) {
      const step = this.steps[this.next]
      if (step?.kind === 'oversleeps') this.oversleepUs = step.us
      else if (step?.kind === 'sends') {
        const atUs = this.timeUs + step.afterUs
        this.plan(atUs, () => this.sniffable.push({ octets: step.octets, atUs }))
      } else if (step?.kind === 'returns') {
        const atUs = this.timeUs + step.afterUs
        this.plan(atUs, () => {
          fill(this.blockingRecord, step.result, step.answer, atUs)
          this.blockingInFlight = false
        })
      } else return
    }
  }

  private plan(atUs: number, happen: () => void): void {
    this.coming.push({ atUs, happen })
    this.coming.sort((a, b) => a.atUs - b.atUs)
    this.advance(this.timeUs)
  }

  private advance(toUs: number): void {
    while ((this.coming[0]?.atUs ?? Number.POSITIVE_INFINITY) <= toUs) this.coming.shift()?.happen()
    this.timeUs = Math.max(this.timeUs, toUs)
  }

  private advanceWhile(condition: () => boolean, untilUs: number): void {
    while (condition() && this.timeUs < untilUs) this.advance(Math.min(untilUs, this.coming[0]?.atUs ?? untilUs))
  }
}

function fill(octets: Uint8Array, result: number, { errno = 0, out = [], outLength }: Answer, atUs: number): void {
  const view = new DataView(octets.buffer)
  view.setInt32(Call.result, result, true)
  view.setInt32(Call.errno, errno, true)
  const data = out instanceof Uint8Array ? out : new Uint8Array(Int32Array.from(out).buffer)
  octets.set(data, Call.data)
  view.setUint32(Call.outLength, outLength ?? data.length, true)
  view.setFloat64(Call.returnUs, atUs, true)
}

function describe(step: Step): string {
  switch (step.kind) {
    case 'call':
      return `call ${step.name}`
    case 'inject':
    case 'shell':
      return `${step.kind} ${step.text}`
    default:
      return step.kind
  }
}

/** A packet of the stack as it lies on the wire: addresses, ports, a valid header checksum. */
export function liveOctets(line: string, change: (octets: Uint8Array) => void = () => {}): Uint8Array {
  const { octets, values } = packet(`> ${line}`)
  octets.set(ENDPOINTS.localIp, 12)
  octets.set(ENDPOINTS.remoteIp, 16)
  if (values.body.sourcePort === 0) put16(octets, 20, 8080)
  if (values.body.destinationPort === 0) put16(octets, 22, FIRST_REMOTE_PORT)
  change(octets)
  sealIpv4(octets, 0)
  return octets
}

/** A record as a host would return it, for judging a call alone. */
export function returned(result: number, answer: Answer = {}): CallRecord {
  const octets = new Uint8Array(Call.size)
  fill(octets, result, answer, 0)
  return new CallRecord(octets)
}
