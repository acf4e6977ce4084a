// A host around a host: what is asked of the stack, and what it does, becomes a trace, one line per call and packet with its
// time; events put their own lines between. In virtual time the same script gives the same octets of trace, each time and
// on any machine. Interpreter thread: it keeps copies, and words are made when the run is over. Read first: host.ts.
import { errnoName, type PythonVariables } from '@lunadrill/tcpinfo'
import { CallRecord } from '../call/record.js'
import { wideSeconds } from '../clock/tolerance.js'
import { WireError } from '../errors.js'
import { portsOf } from '../flow/flow-table.js'
import { addressText } from '../wire/address.js'
import { packetText, readPacket } from '../wire/packet.js'
import type { Host } from './host.js'
import { CallOp } from './layout.js'

/** What comes behind the time in a line. */
type Entry = { readonly us: number; readonly words: () => string }

export class RecordingHost implements Host {
  readonly clock: Host['clock']
  readonly callRecord: Uint8Array
  readonly blockingRecord: Uint8Array
  readonly packet: Uint8Array

  private readonly entries: Entry[] = []
  private readonly called: CallRecord
  private readonly blocking: CallRecord
  private blocked = false

  constructor(private readonly host: Host) {
    this.clock = host.clock
    this.callRecord = host.callRecord
    this.blockingRecord = host.blockingRecord
    this.packet = host.packet
    this.called = new CallRecord(host.callRecord)
    this.blocking = new CallRecord(host.blockingRecord)
  }

  /** Puts a line of the caller's own between. */
  note(us: number, words: () => string): void {
    this.entries.push({ us, words })
  }

  /** All so far, without line ends. */
  lines(): string[] {
    return this.entries.map(({ us, words }) => `${wideSeconds(us)}  ${words()}`)
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
      this.note(Math.max(atUs, this.host.now()), () => `call  ${opName(op)} ${fd} blocks`)
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
    this.note(us, () => `in    ${describe(octets)}`)
    return us
  }

  sniff(timeoutUs: number): number {
    const length = this.host.sniff(timeoutUs)
    if (length > 0) {
      const octets = this.packet.slice(0, length)
      this.note(this.host.sniffedAtUs(), () => `out   ${describe(octets)}`)
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
      () =>
        `info  ${fd} ${live()
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
    const since = startUs === returnUs ? '' : ` since ${wideSeconds(startUs).trim()}`
    this.note(returnUs, () => `call  ${opName(op)} ${fd} = ${result}${error}${since}`)
  }
}

const opNames: ReadonlyMap<number, string> = new Map(Object.entries(CallOp).map(([name, op]) => [op, name]))
const opName = (op: number) => opNames.get(op) ?? String(op)

/** `192.0.2.1:32768 > 192.168.0.2:8080 S 0:0(0) win 1000 <mss 1460> (44 octets, 6f3a12cd)`: numbers as on the wire. */
function describe(octets: Uint8Array): string {
  const whole = `(${octets.length} octets, ${hash(octets)})`
  try {
    const packet = readPacket(octets, octets.length)
    if (packet === null) return whole
    const { ip, body } = packet
    const { source, destination } = portsOf(body)
    const end = (address: Uint8Array, port: number) =>
      port === 0 ? addressText(address) : `${addressText(address)}:${port}`
    return `${end(ip.source, source)} > ${end(ip.destination, destination)} ${packetText(packet).trim()} ${whole}`
  } catch (error) {
    if (error instanceof WireError) return `${error.message} ${whole}`
    throw error
  }
}

/** FNV-1a, 32 bits: for a difference in what the text does not show. */
function hash(octets: Uint8Array): string {
  let value = 0x811c9dc5
  for (const octet of octets) value = Math.imul(value ^ octet, 0x01000193)
  return (value >>> 0).toString(16).padStart(8, '0')
}
