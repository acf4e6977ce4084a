// The messages between a wire client and its server, as octets: docs/wire-protocol.md says what they are for.
// Both ends; a run's timed messages are written and read in memory that is there before. Whatever comes from outside and
// makes no sense is a ProtocolError, and nothing else.
import { isIP } from 'node:net'
import type { Family } from '../wire/address.js'

/** Raised with any change of a message. `hello`, `challenge` and `refused` never change: old and new must understand them. */
export const PROTOCOL_VERSION = 1
export const MAGIC = 'LUNAWIRE'
export const NONCE_LENGTH = 32
export const PROOF_LENGTH = 32
/** The longest IP packet that either end hands over. */
export const MAX_PACKET = 65536 + 64

/** u32 length of what follows, u8 kind, payload. All numbers are big-endian. */
export const HEAD = 5
const TIME = 8
/** Longest message, head included; before the client has proved that it knows the token, and after. */
export const MAX_UNPROVED = 256
export const MAX_MESSAGE = HEAD + TIME + MAX_PACKET
const MAX_TEXT = 4096
/** Ports in one answer. */
export const MAX_PORTS = 256

export const Kind = {
  hello: 1,
  challenge: 2,
  proof: 3,
  welcome: 4,
  open: 5,
  ready: 6,
  clock: 7,
  clockIs: 8,
  inject: 9,
  injected: 10,
  sniffed: 11,
  ports: 12,
  portsAre: 13,
  bye: 14,
  done: 15,
  refused: 16,
} as const

/** A message that makes no sense: the other end is no lunadrill, or not of this version. */
export class ProtocolError extends Error {
  readonly code = 'LD_WIRE_PROTOCOL'
}

/** What a client asks the server to be: the other end of its link. */
export interface OpenRequest {
  readonly family: Family
  /** The stack's own address: whose packets are captured. */
  readonly localIp: string
  readonly remoteIp: string
  /** The client's next hop towards `remoteIp`: the server answers for it. */
  readonly gatewayIp: string
  /** Ethernet address of the client's interface, six octets in hexadecimal with colons. */
  readonly mac: string
  /** Ports of the packets that are captured: from `bindPort`, to `connectPort` or `pspUdpPort` (0: none). */
  readonly bindPort: number
  readonly connectPort: number
  readonly pspUdpPort: number
  /** For the server's log. */
  readonly script: string
}

/** Messages out of a stream of octets, one at a time and without an object for each. */
export class MessageReader {
  /** Octets are received here, from `end` on, after `reserve`. */
  octets: Uint8Array
  end = 0
  /** Of the message that `next` opened. */
  kind = 0
  payloadAt = 0
  payloadLength = 0

  private view: DataView
  private start = 0

  /** `limit`: longest message that is accepted, head included. It may be raised later. */
  constructor(public limit: number) {
    this.octets = new Uint8Array(2 * MAX_MESSAGE)
    this.view = new DataView(this.octets.buffer)
  }

  /** Makes room for `length` more octets. Positions of an opened message do not hold afterwards. */
  reserve(length: number): void {
    if (this.start > 0) {
      this.octets.copyWithin(0, this.start, this.end)
      this.end -= this.start
      this.start = 0
    }
    if (this.end + length <= this.octets.length) return
    const octets = new Uint8Array(2 * (this.end + length))
    octets.set(this.octets.subarray(0, this.end))
    this.octets = octets
    this.view = new DataView(octets.buffer)
  }

  append(chunk: Uint8Array): void {
    this.reserve(chunk.length)
    this.octets.set(chunk, this.end)
    this.end += chunk.length
  }

  /** Opens the next message; false where it is not complete yet. ProtocolError: empty, or longer than `limit`. */
  next(): boolean {
    const there = this.end - this.start
    if (there < 4) return false
    const length = this.view.getUint32(this.start)
    if (length < 1 || length + 4 > this.limit) throw new ProtocolError(`a message of ${length} octets`)
    if (there < 4 + length) return false
    this.kind = this.octets[this.start + 4] as number
    this.payloadAt = this.start + HEAD
    this.payloadLength = length - 1
    this.start += 4 + length
    return true
  }

  /** Time at the start of the payload, in microseconds. ProtocolError where there is none. */
  timeUs(): number {
    if (this.payloadLength < TIME) throw this.odd()
    const us = this.view.getFloat64(this.payloadAt)
    if (!Number.isFinite(us)) throw this.odd()
    return us
  }

  /** Where the packet behind the time lies, which has `packetLength` octets. */
  get packetAt(): number {
    return this.payloadAt + TIME
  }
  get packetLength(): number {
    const length = this.payloadLength - TIME
    if (length < 1) throw this.odd()
    return length
  }

  hello(): { version: number; nonce: Uint8Array } {
    const text = new TextDecoder('latin1').decode(this.slice(0, MAGIC.length))
    if (text !== MAGIC) throw new ProtocolError('not a lunadrill wire client')
    return { version: this.u16(MAGIC.length), nonce: this.slice(MAGIC.length + 2, NONCE_LENGTH) }
  }

  challenge(): { version: number; nonce: Uint8Array } {
    return { version: this.u16(0), nonce: this.slice(2, NONCE_LENGTH) }
  }

  /** `proof` and `welcome`. */
  proof(): Uint8Array {
    return this.slice(0, PROOF_LENGTH)
  }

  open(): OpenRequest {
    let value: unknown
    try {
      value = JSON.parse(this.text())
    } catch {
      throw this.odd()
    }
    return openRequest(value)
  }

  /** `ports`: how many are wanted. */
  count(): number {
    const count = this.u16(0)
    if (count < 1 || count > MAX_PORTS) throw this.odd()
    return count
  }

  portsAre(): number[] {
    if (this.payloadLength < 2 || this.payloadLength % 2 !== 0) throw this.odd()
    return Array.from({ length: this.payloadLength / 2 }, (_, i) => this.u16(2 * i))
  }

  /** A code (LD_…) and a sentence. */
  refused(): { code: string; message: string } {
    const text = this.text()
    const [, code, message] = /^(LD_[A-Z_]+) (.*)$/s.exec(text) ?? []
    if (code === undefined || message === undefined) throw this.odd()
    return { code, message }
  }

  odd(): ProtocolError {
    return new ProtocolError(`a message of kind ${this.kind} with ${this.payloadLength} octets`)
  }

  private u16(at: number): number {
    if (this.payloadLength < at + 2) throw this.odd()
    return this.view.getUint16(this.payloadAt + at)
  }

  private slice(at: number, length: number): Uint8Array {
    if (this.payloadLength < at + length) throw this.odd()
    return this.octets.slice(this.payloadAt + at, this.payloadAt + at + length)
  }

  private text(): string {
    if (this.payloadLength > MAX_TEXT) throw this.odd()
    return new TextDecoder().decode(this.octets.subarray(this.payloadAt, this.payloadAt + this.payloadLength))
  }
}

function openRequest(value: unknown): OpenRequest {
  const wrong = (name: string) => new ProtocolError(`open: ${name}`)
  if (typeof value !== 'object' || value === null) throw wrong('no object')
  const given = value as Readonly<Record<string, unknown>>
  const text = (name: string) => {
    const field = given[name]
    if (typeof field !== 'string') throw wrong(name)
    return field
  }
  const family = text('family')
  if (family !== 'ipv4' && family !== 'ipv6') throw wrong('family')
  const address = (name: string) => {
    const field = text(name)
    if (isIP(field) !== (family === 'ipv4' ? 4 : 6) || field.includes('%')) throw wrong(name)
    return field
  }
  const port = (name: string, least: number) => {
    const field = given[name]
    if (!Number.isInteger(field) || (field as number) < least || (field as number) > 65535) throw wrong(name)
    return field as number
  }
  const mac = text('mac')
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac)) throw wrong('mac')
  return {
    family,
    localIp: address('localIp'),
    remoteIp: address('remoteIp'),
    gatewayIp: address('gatewayIp'),
    mac,
    bindPort: port('bindPort', 1),
    connectPort: port('connectPort', 1),
    pspUdpPort: port('pspUdpPort', 0),
    script: text('script'),
  }
}

/** A message of `payload`. */
export function message(kind: number, payload: Uint8Array = new Uint8Array()): Uint8Array {
  const octets = new Uint8Array(HEAD + payload.length)
  writeHead(octets, kind, payload.length)
  octets.set(payload, HEAD)
  return octets
}

function writeHead(octets: Uint8Array, kind: number, payloadLength: number): DataView {
  const view = new DataView(octets.buffer, octets.byteOffset)
  view.setUint32(0, payloadLength + 1)
  octets[4] = kind
  return view
}

export function helloMessage(nonce: Uint8Array, version = PROTOCOL_VERSION): Uint8Array {
  const payload = new Uint8Array(MAGIC.length + 2 + NONCE_LENGTH)
  payload.set(new TextEncoder().encode(MAGIC))
  new DataView(payload.buffer).setUint16(MAGIC.length, version)
  payload.set(nonce, MAGIC.length + 2)
  return message(Kind.hello, payload)
}

export function challengeMessage(nonce: Uint8Array, version = PROTOCOL_VERSION): Uint8Array {
  const payload = new Uint8Array(2 + NONCE_LENGTH)
  new DataView(payload.buffer).setUint16(0, version)
  payload.set(nonce, 2)
  return message(Kind.challenge, payload)
}

/** The script's path is cut where the message would be too long. */
export function openMessage(request: OpenRequest): Uint8Array {
  const script = request.script.slice(-512)
  return message(Kind.open, new TextEncoder().encode(JSON.stringify({ ...request, script })))
}

export function portsMessage(count: number): Uint8Array {
  return message(Kind.ports, Uint8Array.of(count >> 8, count & 255))
}

export function portsAreMessage(ports: readonly number[]): Uint8Array {
  return message(Kind.portsAre, Uint8Array.from(ports.flatMap((port) => [port >> 8, port & 255])))
}

export function refusedMessage(code: string, sentence: string): Uint8Array {
  return message(Kind.refused, new TextEncoder().encode(`${code} ${sentence}`.slice(0, MAX_TEXT / 4)))
}

/** `clockIs`, `injected`. */
export function timeMessage(kind: number, us: number): Uint8Array {
  const octets = new Uint8Array(HEAD + TIME)
  writeHead(octets, kind, TIME).setFloat64(HEAD, us)
  return octets
}

/** `inject`, `sniffed`: a time and packet[at, at + length), written to `into` (made here where it is absent). Its length. */
export function packetMessage(
  kind: number,
  us: number,
  packet: Uint8Array,
  at: number,
  length: number,
  into: Uint8Array = new Uint8Array(HEAD + TIME + length),
): Uint8Array {
  writeHead(into, kind, TIME + length).setFloat64(HEAD, us)
  into.set(packet.subarray(at, at + length), HEAD + TIME)
  return into
}

export const packetMessageLength = (length: number) => HEAD + TIME + length
