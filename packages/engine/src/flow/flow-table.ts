// Which socket a packet line or a sniffed packet belongs to. There is one socket under test: the newest socket() or the
// newest passive child. Interpreter thread. Read first: language/2-packets.md 3.2, 3.3, 5.2.

import type { ScriptPacket } from '../schedule/script-packet.js'
import { packetProblem } from '../trace/problem.js'
import { PROTOCOL_TCP } from '../wire/ipv4.js'
import type { TcpPacket } from '../wire/packet.js'
import { Flag } from '../wire/tcp.js'
import { newSocket, type TrackedSocket } from './tracked-socket.js'

/** The run's addresses and ports; addresses as 32-bit numbers. */
export interface Endpoints {
  readonly localIp: number
  readonly remoteIp: number
  readonly bindPort: number
  readonly connectPort: number
}

/** The other end of a connection, as accept() tells it. */
export interface Peer {
  readonly ip: number
  readonly port: number
}

export class FlowTable {
  underTest: TrackedSocket | null = null
  /** Oldest first. */
  private readonly sockets: TrackedSocket[] = []

  constructor(
    private readonly endpoints: Endpoints,
    /** A port for the tester's end of a new connection. */
    private readonly remotePort: () => number,
  ) {}

  /** socket() has succeeded. */
  open(protocol: number, liveFd: number): TrackedSocket {
    const socket = newSocket(protocol, 'new')
    socket.liveFd = liveFd
    this.add(socket)
    return socket
  }

  /** connect(), or sendto() with an address, is about to be called (3-calls.md 4.2). */
  connecting(socket: TrackedSocket): void {
    if (socket.state !== 'new') return
    socket.state = 'connecting'
    socket.remoteIp = this.endpoints.remoteIp
    socket.remotePort = this.endpoints.connectPort
  }

  /**
   * The child that accept() returned: the newest one in the middle or at the end of its handshake (3.3), and of that peer
   * where the stack has told one, since the stack gives the eldest first.
   */
  acceptable(peer: Peer | null = null): TrackedSocket | undefined {
    return this.sockets.findLast(
      ({ state, remoteIp, remotePort }) =>
        (state === 'synack-sent' || state === 'synack-acked') &&
        (peer === null || (peer.ip === remoteIp && peer.port === remotePort)),
    )
  }

  /** The socket of a packet line, made where an inbound line opens a connection. Throws Problem. */
  route(packet: ScriptPacket): TrackedSocket {
    const { tcp } = packet.values
    const current = this.underTest
    if (packet.direction === 'inbound' && (current === null || current.state === 'listening'))
      return this.passiveOpen(packet)
    if (current === null)
      throw packetProblem('no matching socket for script packet', 'open a socket or inject a packet first')
    const syn = (tcp.flags & (Flag.syn | Flag.ack)) === Flag.syn
    if (packet.direction === 'outbound' && syn && current.state === 'connecting') {
      current.state = 'syn-sent'
      current.scriptLocalIsn = tcp.seq
      return current
    }
    if (current.protocol !== PROTOCOL_TCP) {
      throw packetProblem('no matching socket for script packet', protocolHint(current))
    }
    return current
  }

  /** Whether a sniffed packet is the socket's; the first one of an active open teaches its port and ISN. */
  claims(socket: TrackedSocket, { ip, tcp }: TcpPacket): boolean {
    const toRemote = ip.destination === socket.remoteIp && tcp.destinationPort === socket.remotePort
    if (!toRemote) return false
    if (ip.source === socket.localIp && tcp.sourcePort === socket.localPort) return true
    const syn = (tcp.flags & (Flag.syn | Flag.ack)) === Flag.syn
    if (socket.state !== 'syn-sent' || socket.protocol !== PROTOCOL_TCP || !syn) return false
    socket.localIp = ip.source
    socket.localPort = tcp.sourcePort
    socket.liveLocalIsn = tcp.seq
    return true
  }

  private passiveOpen({ values }: ScriptPacket): TrackedSocket {
    const child = newSocket(PROTOCOL_TCP, 'packet-received')
    child.localIp = this.endpoints.localIp
    // Ports that the line writes are that packet's alone: the answer to them is no packet of this flow (4.2).
    child.localPort = this.endpoints.bindPort
    child.remoteIp = this.endpoints.remoteIp
    child.remotePort = this.remotePort()
    child.remoteIsn = values.tcp.seq
    this.add(child)
    return child
  }

  private add(socket: TrackedSocket): void {
    this.sockets.push(socket)
    this.underTest = socket
  }
}

/** What to do about a socket whose packets are never recognised (3-calls.md 12, 18); null where it is TCP's. */
export function protocolHint({ protocol }: TrackedSocket): string | null {
  if (protocol === PROTOCOL_TCP) return null
  return `the socket under test was made with protocol ${protocol}: write IPPROTO_TCP as the third argument of socket()`
}
