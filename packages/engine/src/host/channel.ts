// The client's end of a channel: writes commands, reads events, waits for them. No object per record.
// Interpreter thread (the run's channel) or the run's main thread (the admin channel). Read first: layout.ts.
/// <reference lib="es2024.sharedmemory" />
import { EngineError } from '../errors.js'
import { Channel, CommandKind, EventKind, LAYOUT_VERSION, RecordHead } from './layout.js'

/** How long a client looks at the ring before it parks, in turns: about 50 us. */
const SPIN_TURNS = 2000
const COMMANDS = Channel.rings
const EVENTS = Channel.rings + Channel.commandSize

/** Fresh shared memory for one channel. */
export function createChannel(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(Channel.size)
  new Uint32Array(memory)[Channel.version >> 2] = LAYOUT_VERSION
  return memory
}

/** Copies without an object where there is little to copy. */
export function copyOctets(from: Uint8Array, at: number, into: Uint8Array, intoAt: number, length: number): void {
  if (length > 256) {
    into.set(from.subarray(at, at + length), intoAt)
    return
  }
  for (let i = 0; i < length; i++) into[intoAt + i] = from[at + i]!
}

/** Length of a record with this payload: head and padding included. */
const recordLength = (octets: number) => (RecordHead.payload + octets + 7) & ~7

export class ChannelClient {
  /** The whole channel: payloads are read and written here, at the offsets that `begin` and `next` give. */
  readonly octets: Uint8Array
  readonly view: DataView
  /** Of the record that `next` opened: its kind, its time, and where its payload lies in `octets`. */
  kind = 0
  timeUs = 0
  payloadAt = 0
  payloadLength = 0

  private readonly words: Int32Array
  private readonly doorbell: Int32Array
  private commandHead: number
  private eventTail: number
  private opened = 0

  /** `doorbell`: the channel on which the host parks, where that is another one (the admin's client). */
  constructor(channel: SharedArrayBuffer, doorbell: SharedArrayBuffer = channel) {
    this.octets = new Uint8Array(channel)
    this.view = new DataView(channel)
    this.words = new Int32Array(channel)
    this.doorbell = new Int32Array(doorbell)
    this.commandHead = this.words[Channel.commandHead >> 2]! >>> 0
    this.eventTail = this.words[Channel.eventTail >> 2]! >>> 0
    const version = this.view.getUint32(Channel.version, true)
    if (version !== LAYOUT_VERSION) {
      throw new EngineError('LD_LAYOUT', `the channel has layout ${version}, this program has ${LAYOUT_VERSION}`)
    }
  }

  /** Opens a command of `octets` payload and returns where the payload goes. Nobody sees it before `commit`. LD_RING_FULL. */
  begin(kind: number, timeUs: number, octets: number): number {
    const length = recordLength(octets)
    const used = (this.commandHead - (Atomics.load(this.words, Channel.commandTail >> 2) >>> 0)) >>> 0
    const at = this.commandHead & (Channel.commandSize - 1)
    const left = Channel.commandSize - at
    const pad = length > left ? left : 0
    if (used + pad + length > Channel.commandSize) {
      throw new EngineError('LD_RING_FULL', 'the host has not taken the commands that it was given')
    }
    if (pad > 0) {
      // A pad of 8 octets has no room for a time.
      this.view.setUint32(COMMANDS + at + RecordHead.length, pad, true)
      this.view.setUint32(COMMANDS + at + RecordHead.kind, CommandKind.pad, true)
      this.commandHead = (this.commandHead + pad) >>> 0
    }
    const start = COMMANDS + (this.commandHead & (Channel.commandSize - 1))
    this.head(start, length, kind, timeUs)
    this.commandHead = (this.commandHead + length) >>> 0
    return start + RecordHead.payload
  }

  /** Publishes what `begin` opened, and wakes the host if it has parked. */
  commit(): void {
    Atomics.store(this.words, Channel.commandHead >> 2, this.commandHead | 0)
    this.wake()
  }

  /** Wakes a host that has parked: for a command that is there, or soon will be. */
  wake(): void {
    if (Atomics.load(this.doorbell, Channel.hostParked >> 2) !== 0) {
      Atomics.add(this.doorbell, Channel.hostDoorbell >> 2, 1)
      Atomics.notify(this.doorbell, Channel.hostDoorbell >> 2)
    }
  }

  /** A command without payload. */
  command(kind: number, timeUs = 0): void {
    this.begin(kind, timeUs, 0)
    this.commit()
  }

  /** Gives the last record's room back and opens the next one; false where there is none yet. */
  next(): boolean {
    this.release()
    for (;;) {
      if (!this.hasEvent()) return false
      const at = EVENTS + (this.eventTail & (Channel.eventSize - 1))
      const length = this.view.getUint32(at + RecordHead.length, true)
      this.kind = this.view.getUint32(at + RecordHead.kind, true)
      this.opened = length
      if (this.kind === EventKind.pad) {
        this.release()
        continue
      }
      this.timeUs = this.view.getFloat64(at + RecordHead.timeUs, true)
      this.payloadAt = at + RecordHead.payload
      this.payloadLength = length - RecordHead.payload
      return true
    }
  }

  /** Waits until `next` has something to open: spins, then parks. False after `timeoutMs` (0 to Infinity) without. LD_HOST_GONE. */
  wait(timeoutMs: number): boolean {
    this.release()
    for (let turn = 0; turn < SPIN_TURNS; turn++) {
      if (this.hasEvent()) return true
      if (timeoutMs === 0) return false
    }
    const until = performance.now() + timeoutMs
    for (;;) {
      const seen = this.park()
      if (!this.hasEvent()) {
        const left = until - performance.now()
        if (left > 0) Atomics.wait(this.words, Channel.clientDoorbell >> 2, seen, left)
      }
      this.unpark()
      if (this.hasEvent()) return true
      if (Atomics.load(this.words, Channel.version >> 2) !== LAYOUT_VERSION) {
        throw new EngineError('LD_HOST_GONE', "the stack's thread has ended")
      }
      if (performance.now() >= until) return false
    }
  }

  /** The same for a thread that has an event loop to serve: it is free until then. */
  async waitAsync(timeoutMs: number): Promise<boolean> {
    this.release()
    const until = performance.now() + timeoutMs
    while (!this.hasEvent()) {
      const left = until - performance.now()
      if (left <= 0) return false
      const seen = this.park()
      if (!this.hasEvent()) {
        const waiting = Atomics.waitAsync(this.words, Channel.clientDoorbell >> 2, seen, left)
        // What waits for shared memory does not keep a process alive; a timer does.
        const alive = setTimeout(() => {}, Math.min(left, 2 ** 31 - 1))
        if (waiting.async) await waiting.value
        clearTimeout(alive)
      }
      this.unpark()
    }
    return true
  }

  /** The text of a record that carries octets (`refused`). */
  text(): string {
    const octets = this.view.getUint32(this.payloadAt, true)
    // A copy: decoders refuse shared memory.
    return new TextDecoder().decode(this.octets.slice(this.payloadAt + 8, this.payloadAt + 8 + octets))
  }

  private hasEvent(): boolean {
    return Atomics.load(this.words, Channel.eventHead >> 2) >>> 0 !== this.eventTail
  }

  private release(): void {
    if (this.opened === 0) return
    this.eventTail = (this.eventTail + this.opened) >>> 0
    this.opened = 0
    Atomics.store(this.words, Channel.eventTail >> 2, this.eventTail | 0)
  }

  // First the doorbell's number, then the announcement, then (the caller) a last look: a record that comes after the look
  // is published by a host that sees the announcement, and its ring changes the number.
  private park(): number {
    const seen = Atomics.load(this.words, Channel.clientDoorbell >> 2)
    Atomics.store(this.words, Channel.clientParked >> 2, 1)
    return seen
  }

  private unpark(): void {
    Atomics.store(this.words, Channel.clientParked >> 2, 0)
  }

  private head(at: number, length: number, kind: number, timeUs: number): void {
    this.view.setUint32(at + RecordHead.length, length, true)
    this.view.setUint32(at + RecordHead.kind, kind, true)
    this.view.setFloat64(at + RecordHead.timeUs, timeUs, true)
  }
}
