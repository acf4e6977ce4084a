// The client's end of the connection to a wire server: hand-shake, questions and answers, packets that come unasked.
// Interpreter thread: every call waits in the kernel. Read first: docs/wire-protocol.md, protocol.ts.
import { randomBytes } from 'node:crypto'
import { type NativeError, WireStream } from '@lunadrill/kernel-native'
import { errnoText } from '@lunadrill/tcpinfo'
import { PacketQueue } from '../host/packet-queue.js'
import { monotonicUs } from '../host/wall-time.js'
import { ClockOffset, MAX_UNCERTAINTY_US } from './clock-offset.js'
import {
  helloMessage,
  Kind,
  MAX_MESSAGE,
  MessageReader,
  message,
  NONCE_LENGTH,
  type OpenRequest,
  openMessage,
  PROTOCOL_VERSION,
  ProtocolError,
  packetMessage,
  packetMessageLength,
  portsMessage,
} from './protocol.js'
import { proofOf, sameProof } from './token.js'
import { lostConnection, oddServer, WireModeError } from './wire-error.js'

const CONNECT_MS = 10_000
/** How long an answer may take that the server gives at once. */
const ANSWER_US = 10e6
/** Round trips that an estimate of the offset takes at least, and at most where they are too long. */
const ROUNDS = 16
const MOST_ROUNDS = 200

export interface WireServerAt {
  /** Text; names are resolved before. */
  readonly ip: string
  readonly port: number
  readonly token: string
}

const remedies: Readonly<Record<string, string>> = {
  LD_WIRE_TOKEN: 'client and server must have the same token',
  LD_WIRE_VERSION: 'use the same lunadrill on both machines',
  LD_WIRE_LINK: 'both interfaces must be on one network: check --wire_client_dev here, --wire_server_dev there',
  LD_WIRE_PORT: 'a script at a time for one remote address; or another --connect_port, --remote_ip',
}

export class WireLink {
  private readonly stream: WireStream
  private readonly reader = new MessageReader(MAX_MESSAGE)
  private readonly sending = new Uint8Array(MAX_MESSAGE)
  /** Times are the server's. */
  private readonly packets = new PacketQueue()
  private clock = new ClockOffset()
  private synchronizedUs = 0
  private closed = false

  /** Connects and proves that both know the token. WireModeError LD_WIRE_CONNECT, LD_WIRE_TOKEN, LD_WIRE_VERSION. */
  constructor({ ip, port, token }: WireServerAt) {
    this.stream = connect(ip, port)
    try {
      this.handshake(token)
    } catch (error) {
      this.stream.close()
      throw error
    }
  }

  /** Asks the server to be the other end of our link; it looks for us there first. WireModeError. */
  open(request: OpenRequest): void {
    this.send(openMessage(request))
    this.await(Kind.ready, ANSWER_US)
  }

  /** Server's time minus CLOCK_MONOTONIC here, in microseconds. */
  get offsetUs(): number {
    return this.clock.offsetUs
  }
  get sinceSynchronizedUs(): number {
    return monotonicUs() - this.synchronizedUs
  }

  /** Learns the offset. WireModeError LD_WIRE_CLOCK: round trips take too long to tell. */
  synchronize(): void {
    const uncertaintyUs = this.estimate(MOST_ROUNDS)
    if (uncertaintyUs <= MAX_UNCERTAINTY_US) return
    const known = `the server's clock is known to ${Math.round(uncertaintyUs)} us only, ${MAX_UNCERTAINTY_US} us are needed`
    throw new WireModeError('LD_WIRE_CLOCK', known, 'the network between them is too slow, or a machine too busy')
  }

  /** Learns it again, for clocks drift; one that cannot be told well enough just now stays as it is. */
  resynchronize(): void {
    this.estimate(ROUNDS)
  }

  /** At most how far off the estimate is, microseconds; taken over where that is little enough. */
  private estimate(mostRounds: number): number {
    const clock = new ClockOffset()
    for (let i = 0; i < ROUNDS || (clock.uncertaintyUs > MAX_UNCERTAINTY_US && i < mostRounds); i++) {
      const askedUs = monotonicUs()
      this.send(message(Kind.clock))
      this.await(Kind.clockIs, ANSWER_US)
      clock.add(askedUs, this.reader.timeUs(), monotonicUs())
    }
    if (clock.uncertaintyUs <= MAX_UNCERTAINTY_US) this.clock = clock
    this.synchronizedUs = monotonicUs()
    return clock.uncertaintyUs
  }

  ports(count: number): number[] {
    this.send(portsMessage(count))
    this.await(Kind.portsAre, ANSWER_US)
    return this.reader.portsAre()
  }

  /** Has packet[0, length) sent when the server's clock shows `atUs`, and returns when that was. */
  inject(packet: Uint8Array, length: number, atUs: number): number {
    packetMessage(Kind.inject, atUs, packet, 0, length, this.sending)
    const leftUs = Math.max(0, atUs - this.clock.offsetUs - monotonicUs())
    this.sendFrom(this.sending, packetMessageLength(length))
    this.await(Kind.injected, leftUs + ANSWER_US)
    return this.reader.timeUs()
  }

  /** When the server captured the packet that `sniff` returned last. */
  sniffedAtUs = 0

  /** The next packet that the server captured, into `packet`: its length, 0 after `timeoutUs` without. */
  sniff(packet: Uint8Array, timeoutUs: number): number {
    const untilUs = monotonicUs() + timeoutUs
    while (this.packets.empty) {
      if (this.next(untilUs - monotonicUs())) this.unasked()
      else return 0
    }
    this.sniffedAtUs = this.packets.firstAtUs()
    return this.packets.shift(packet)
  }

  /** Ends the run there: when this returns, the server has reset what the stack still had. Never throws. */
  close(): void {
    if (this.closed) return
    this.closed = true
    try {
      this.send(message(Kind.bye))
      this.await(Kind.done, 2e6)
    } catch {
      // It is gone: nothing is left to say.
    }
    this.stream.close()
  }

  private handshake(token: string): void {
    const nonce = randomBytes(NONCE_LENGTH)
    this.send(helloMessage(nonce))
    this.await(Kind.challenge, ANSWER_US)
    const { version, nonce: serverNonce } = this.reader.challenge()
    if (version !== PROTOCOL_VERSION) {
      const versions = `the wire server speaks version ${version}, this client version ${PROTOCOL_VERSION}`
      throw new WireModeError('LD_WIRE_VERSION', versions, remedies.LD_WIRE_VERSION ?? null)
    }
    this.send(message(Kind.proof, proofOf('client', token, nonce, serverNonce)))
    this.await(Kind.welcome, ANSWER_US)
    if (sameProof(this.reader.proof(), proofOf('server', token, nonce, serverNonce))) return
    throw new WireModeError('LD_WIRE_TOKEN', 'the wire server does not know the token', remedies.LD_WIRE_TOKEN ?? null)
  }

  private send(octets: Uint8Array): void {
    this.sendFrom(octets, octets.length)
  }

  private sendFrom(octets: Uint8Array, length: number): void {
    if (!this.stream.send(octets, length)) {
      // Why it has gone may still be here to be read.
      while (this.next(0)) this.unasked()
      throw lostConnection()
    }
  }

  /** The answer to what was asked; packets that come before it are kept. */
  private await(kind: number, timeoutUs: number): void {
    const untilUs = monotonicUs() + timeoutUs
    for (;;) {
      if (!this.next(Math.max(0, untilUs - monotonicUs()))) throw lostConnection()
      if (this.reader.kind === kind) return
      this.unasked()
    }
  }

  private unasked(): void {
    const { reader } = this
    if (reader.kind === Kind.sniffed) {
      this.packets.push(reader.octets, reader.packetAt, reader.packetLength, reader.timeUs())
      return
    }
    if (reader.kind !== Kind.refused) throw oddServer(reader.odd().message)
    const { code, message } = reader.refused()
    throw new WireModeError(code, `the wire server refuses: ${message}`, remedies[code] ?? null)
  }

  /** Opens the next message; false after `timeoutUs` without one. */
  private next(timeoutUs: number): boolean {
    const { reader } = this
    const untilUs = monotonicUs() + timeoutUs
    try {
      while (!reader.next()) {
        reader.reserve(MAX_MESSAGE)
        const length = this.stream.receive(reader.octets, reader.end, Math.max(0, untilUs - monotonicUs()))
        if (length < 0) throw lostConnection()
        if (length === 0) return false
        reader.end += length
      }
      return true
    } catch (error) {
      throw error instanceof ProtocolError ? oddServer(error.message) : error
    }
  }
}

function connect(ip: string, port: number): WireStream {
  try {
    return new WireStream(ip, port, CONNECT_MS)
  } catch (error) {
    const { code, errno, message } = error as NativeError
    if (code !== 'LD_WIRE_CONNECT') throw error
    const why = errno === undefined ? message : errnoText(errno)
    const upstream = `error connecting to wire server at ${ip}:${port}: ${why}`
    const remedy = `start it there: packetdrill --wire_server --wire_server_port=${port}`
    throw new WireModeError(code, `no connection to the wire server at ${ip}:${port}: ${why}`, remedy, upstream)
  }
}
