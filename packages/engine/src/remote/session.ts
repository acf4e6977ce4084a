// One client of the wire server, from its first octet to its end: proof, link, packets in both directions.
// The server's event loop; a packet's last milliseconds are waited for in native code. Read first: docs/wire-protocol.md.
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { isLocalAddress, WirePort } from '@lunadrill/kernel-native'
import { monotonicUs } from '../host/wall-time.js'
import { addressText, type IpAddress, sameAddress } from '../wire/address.js'
import {
  answerFrame,
  ETHERNET_HEAD,
  frameOf,
  ipOf,
  type MacAddress,
  parseMac,
  questionFrame,
  readFrame,
  virtualMac,
} from './ethernet.js'
import {
  challengeMessage,
  Kind,
  MAX_MESSAGE,
  MAX_PACKET,
  MAX_UNPROVED,
  MessageReader,
  message,
  NONCE_LENGTH,
  type OpenRequest,
  PROTOCOL_VERSION,
  ProtocolError,
  packetMessage,
  portsAreMessage,
  refusedMessage,
  timeMessage,
} from './protocol.js'
import { Connections } from './resets.js'
import { proofOf, sameProof } from './token.js'

/** What all sessions of a server share. */
export interface ServerSide {
  readonly token: string
  readonly device: string
  readonly mac: MacAddress
  /** A port for the remote end that no other session has. */
  readonly nextPort: () => number
  readonly log: (line: string) => void
}

/** A client that says nothing for so long before it has opened its link is let go. */
const PATIENCE_MS = 10_000
/** From here to a packet's moment the thread waits in native code. */
const CLOSE_MS = 2
const LONGEST_TIMER_MS = 2 ** 31 - 1
/** Octets that a client has not taken yet: it does not read, or a stack sends faster than its line. */
const MAX_BACKLOG = 64 << 20
const QUESTIONS = 20
const QUESTION_MS = 50

class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

/** An open link. */
interface Link {
  readonly request: OpenRequest
  readonly port: WirePort
  /** What is written here goes to the client. */
  readonly clientMac: MacAddress
  readonly clientIp: IpAddress
  /** Ours: the interface's own, or one that no kernel listens to. */
  readonly mac: MacAddress
  /** Addresses that we answer for; none where this machine's kernel does. */
  readonly answersFor: readonly IpAddress[]
  readonly connections: Connections
}

export class Session {
  private readonly reader = new MessageReader(MAX_UNPROVED)
  private readonly sending = new Uint8Array(ETHERNET_HEAD + MAX_PACKET)
  private readonly frame = new Uint8Array(65536 + 64)
  private readonly nonce = randomBytes(NONCE_LENGTH)
  private clientNonce: Uint8Array | null = null
  private proved = false
  private link: Link | null = null
  /** Frames pass both ways. */
  private reached = false
  /** Packets whose moment has not come, in the order in which they were asked for. */
  private readonly waiting: { atUs: number; packet: Uint8Array }[] = []
  private timer: NodeJS.Timeout | null = null
  private readonly patience: NodeJS.Timeout
  private ended = false
  private injected = 0
  private sniffed = 0
  private readonly name: string

  constructor(
    private readonly socket: Socket,
    private readonly side: ServerSide,
    private readonly onEnd: () => void,
  ) {
    this.name = `${socket.remoteAddress?.replace(/^::ffff:/, '')}:${socket.remotePort}`
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 5000)
    this.patience = setTimeout(() => {
      this.refuse(new Refusal('LD_WIRE_PROTOCOL', `nothing said for ${PATIENCE_MS / 1000} s`))
    }, PATIENCE_MS)
    socket.on('data', (chunk) => this.guarded(() => this.received(chunk)))
    socket.on('error', () => this.end('gone'))
    socket.on('close', () => this.end('gone'))
    socket.on('end', () => this.end('gone'))
  }

  /** Ends it from this side: the server stops. */
  close(): void {
    this.end('ended by the server')
  }

  /** Everything that a client can cause comes through here. */
  private guarded(work: () => void): void {
    if (this.ended) return
    try {
      work()
    } catch (error) {
      this.refuse(error)
    }
  }

  private refuse(error: unknown): void {
    if (this.ended) return
    const { code = 'LD_INTERNAL', message } = error as Error & { code?: string }
    this.socket.write(refusedMessage(code, message))
    this.end(`refused: ${code} ${message}`)
  }

  private received(chunk: Uint8Array): void {
    this.reader.append(chunk)
    while (!this.ended && this.reader.next()) this.answer()
  }

  private answer(): void {
    const { reader } = this
    if (!this.proved) {
      if (this.clientNonce === null && reader.kind === Kind.hello) this.hello()
      else if (this.clientNonce !== null && reader.kind === Kind.proof) this.prove(this.clientNonce)
      else throw reader.odd()
      return
    }
    switch (reader.kind) {
      case Kind.clock:
        this.send(timeMessage(Kind.clockIs, monotonicUs()))
        return
      case Kind.open:
        if (this.link !== null) throw reader.odd()
        this.open(reader.open())
        return
      case Kind.ports:
        this.send(portsAreMessage(this.ports(this.opened(), reader.count())))
        return
      case Kind.inject: {
        this.opened()
        const at = reader.packetAt
        const packet = reader.octets.slice(at, at + reader.packetLength)
        this.waiting.push({ atUs: reader.timeUs(), packet })
        if (this.waiting.length === 1) this.injectNext()
        return
      }
      case Kind.bye:
        if (this.link !== null) this.reset(this.link)
        this.send(message(Kind.done))
        this.end('done')
        return
      default:
        throw reader.odd()
    }
  }

  private hello(): void {
    const { version, nonce } = this.reader.hello()
    if (version !== PROTOCOL_VERSION) {
      const versions = `the server speaks version ${PROTOCOL_VERSION}, the client version ${version}`
      throw new Refusal('LD_WIRE_VERSION', versions)
    }
    this.clientNonce = nonce
    this.send(challengeMessage(this.nonce))
  }

  private prove(clientNonce: Uint8Array): void {
    const { token } = this.side
    if (!sameProof(this.reader.proof(), proofOf('client', token, clientNonce, this.nonce))) {
      throw new Refusal('LD_WIRE_TOKEN', 'the client does not know the token')
    }
    this.proved = true
    this.reader.limit = MAX_MESSAGE
    this.send(message(Kind.welcome, proofOf('server', token, clientNonce, this.nonce)))
  }

  private open(request: OpenRequest): void {
    const { family } = request
    const { device, mac, log } = this.side
    const gatewayIp = ipOf(request.gatewayIp, family)
    const remoteIp = ipOf(request.remoteIp, family)
    const clientIp = ipOf(request.localIp, family)
    if (isLocalAddress(request.localIp)) {
      throw new Refusal('LD_WIRE_LINK', `the client's address ${request.localIp} is one of this machine`)
    }
    // A client that is its own gateway takes the remote end for a neighbour.
    const nextHop = sameAddress(gatewayIp, clientIp) ? remoteIp : gatewayIp
    // Where this machine has the gateway's address, its kernel answers for it, and the client's packets go there too.
    const ours = isLocalAddress(addressText(nextHop))
    const port = new WirePort({
      device,
      clientIp: request.localIp,
      sourcePort: request.bindPort,
      destinationPort: request.connectPort,
      otherDestinationPort: request.pspUdpPort,
      frame: this.frame,
      onFrames: () => this.guarded(() => this.frames()),
    })
    this.link = {
      request,
      port,
      clientMac: parseMac(request.mac),
      clientIp,
      mac: ours ? mac : virtualMac(mac),
      answersFor: ours ? [] : [nextHop, remoteIp],
      connections: new Connections(),
    }
    if (isLocalAddress(request.remoteIp)) port.holdPort(request.remoteIp, request.connectPort)
    log(`${this.name}: ${request.script}: ${request.localIp} to ${request.remoteIp} on ${device}`)
    this.ask(nextHop, QUESTIONS)
  }

  /** Looks for the client on the link; it learns where its next hop is from that. */
  private ask(nextHop: IpAddress, left: number): void {
    const link = this.opened()
    if (this.reached) return
    if (left === 0) {
      const where = `${link.request.localIp} (${link.request.mac})`
      throw new Refusal('LD_WIRE_LINK', `${where} does not answer on ${this.side.device}`)
    }
    const question = questionFrame({ mac: link.mac, ip: nextHop }, { mac: link.clientMac, ip: link.clientIp })
    link.port.send(question, question.length, 0)
    this.timer = setTimeout(() => this.guarded(() => this.ask(nextHop, left - 1)), QUESTION_MS)
  }

  private ports({ request, port }: Link, count: number): number[] {
    const local = isLocalAddress(request.remoteIp)
    return Array.from({ length: count }, () => (local ? port.holdPort(request.remoteIp, 0) : this.side.nextPort()))
  }

  private injectNext(): void {
    const { port, clientMac, mac, connections } = this.opened()
    const next = this.waiting[0]
    if (next === undefined) return
    const leftMs = (next.atUs - monotonicUs()) / 1000
    if (leftMs > CLOSE_MS) {
      const wait = Math.min(leftMs - CLOSE_MS, LONGEST_TIMER_MS)
      this.timer = setTimeout(() => this.guarded(() => this.injectNext()), wait)
      return
    }
    const { packet, atUs } = next
    const length = frameOf(this.sending, clientMac, mac, packet, 0, packet.length)
    const sentUs = port.send(this.sending, length, atUs)
    this.send(timeMessage(Kind.injected, sentUs))
    connections.seen('to', packet, 0, packet.length)
    this.injected++
    this.waiting.shift()
    this.injectNext()
  }

  private frames(): void {
    const link = this.opened()
    for (let length = link.port.receive(); length > 0; length = link.port.receive()) {
      this.arrived(link, length, link.port.receivedAtUs())
    }
  }

  private arrived(link: Link, length: number, atUs: number): void {
    const { port, mac, clientIp, answersFor, connections } = link
    const arrived = readFrame(this.frame, length, link.request.family)
    if (arrived.kind === 'packet') {
      const { at } = arrived
      const from = this.frame.subarray(at + (clientIp.length === 4 ? 12 : 8), at + (clientIp.length === 4 ? 16 : 24))
      if (!sameAddress(from, clientIp)) return
      this.send(packetMessage(Kind.sniffed, atUs, this.frame, at, arrived.length))
      connections.seen('from', this.frame, at, arrived.length)
      this.sniffed++
    } else if (arrived.kind === 'question' && answersFor.some((address) => sameAddress(address, arrived.target))) {
      const answer = answerFrame(mac, arrived.target, arrived)
      port.send(answer, answer.length, 0)
    } else if (arrived.kind === 'answer' && sameAddress(arrived.address, clientIp) && !this.reached) {
      this.reached = true
      if (this.timer !== null) clearTimeout(this.timer)
      clearTimeout(this.patience)
      this.send(message(Kind.ready))
    }
  }

  private opened(): Link {
    if (this.link === null) throw this.reader.odd()
    return this.link
  }

  private send(octets: Uint8Array): void {
    this.socket.write(octets)
    if (this.socket.writableLength > MAX_BACKLOG) throw new ProtocolError('the client does not read what it is sent')
  }

  /** What the client's stack still sends for, it is told to forget. */
  private reset({ port, clientMac, mac, connections }: Link): void {
    for (let length = port.receive(); length > 0; length = port.receive()) {
      const arrived = readFrame(this.frame, length, this.opened().request.family)
      if (arrived.kind === 'packet') connections.seen('from', this.frame, arrived.at, arrived.length)
    }
    for (const packet of connections.resets()) {
      port.send(this.sending, frameOf(this.sending, clientMac, mac, packet, 0, packet.length), 0)
    }
  }

  private end(why: string): void {
    if (this.ended) return
    this.ended = true
    clearTimeout(this.patience)
    if (this.timer !== null) clearTimeout(this.timer)
    if (this.link !== null) {
      try {
        this.reset(this.link)
      } catch {
        // The interface is gone; so is what was to be reset.
      }
      this.link.port.close()
    }
    this.side.log(
      `${this.name}: ${why}${this.link === null ? '' : `; ${this.injected} injected, ${this.sniffed} captured`}`,
    )
    // What has been written is still sent; a client that does not read is not waited for.
    this.socket.end()
    const force = setTimeout(() => this.socket.destroy(), 1000)
    force.unref()
    this.socket.once('close', () => clearTimeout(force))
    this.onEnd()
  }
}
