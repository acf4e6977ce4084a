// Which socket a packet line or a sniffed packet belongs to. There is one socket under test: the newest socket() or the
// newest passive child. Interpreter thread. Read first: language/2-packets.md 3.2, 3.3, 3.6, 5.2.

import type { ScriptPacket } from '../schedule/script-packet.js'
import { packetProblem } from '../trace/problem.js'
import { familyOf, type IpAddress, sameAddress } from '../wire/address.js'
import type { Body, Packet } from '../wire/packet.js'
import { Protocol } from '../wire/protocol.js'
import { Flag, type TcpSegment } from '../wire/tcp.js'
import { newSocket, type TrackedSocket } from './tracked-socket.js'

/** The run's addresses, of the family on the wire, and its ports. */
export interface Endpoints {
  readonly localIp: IpAddress
  readonly remoteIp: IpAddress
  readonly bindPort: number
  readonly connectPort: number
  /** `--is_anyip`: UDP and ICMP lines need no packet of the stack before them. */
  readonly anyip: boolean
}

/** The other end of a connection, as accept() tells it. */
export interface Peer {
  /** Of the family on the wire. */
  readonly ip: IpAddress
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
    const socket = newSocket(protocol, 'new', this.family)
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
        (peer === null || (sameAddress(peer.ip, remoteIp) && peer.port === remotePort)),
    )
  }

  /** The socket of a packet line, made where an inbound line opens a connection. Throws Problem. */
  route(packet: ScriptPacket): TrackedSocket {
    const { body } = packet.values
    const current = this.underTest
    if (body.type === 'tcp') {
      const opens = packet.direction === 'inbound' && (current === null || current.state === 'listening')
      if (opens) return this.passiveOpen(body)
      if (packet.direction === 'outbound' && isFirstSyn(body) && current?.state === 'connecting') {
        current.state = 'syn-sent'
        current.scriptLocalIsn = body.seq
        return current
      }
    }
    if (current === null) {
      throw packetProblem('no matching socket for script packet', 'open a socket or inject a packet first')
    }
    if (!carries(current.protocol, body) && !(isKnown(current.protocol) && hasPorts(body))) {
      throw packetProblem('no matching socket for script packet', protocolHint(current, body))
    }
    if (body.type !== 'tcp' && this.endpoints.anyip) this.fillIn(current)
    return current
  }

  /** An inbound line is about to be injected: what it tells of the script's progress. */
  injecting(socket: TrackedSocket, { body }: Packet): void {
    if (body.type !== 'tcp') return
    if (socket.state === 'synack-sent' && (body.flags & Flag.ack) !== 0) socket.state = 'synack-acked'
    const synAck = Flag.syn | Flag.ack
    if (socket.state === 'syn-sent' && (body.flags & synAck) === synAck) {
      socket.remoteIsn = body.seq
      socket.state = 'syn-acked'
    }
  }

  /** Whether a sniffed packet is the socket's; the first one of an active open teaches its address, port and ISN. */
  claims(socket: TrackedSocket, { ip, body }: Packet): boolean {
    const { source, destination } = portsOf(body)
    const toRemoteIp = sameAddress(ip.destination, socket.remoteIp)
    const fromLocalIp = sameAddress(ip.source, socket.localIp)
    if (!toRemoteIp) return false
    const toRemote = destination === socket.remotePort
    if (fromLocalIp && toRemote && source === socket.localPort) return true
    if (isIcmp(body)) {
      if (!isPing(socket.protocol)) return false
      if (fromLocalIp) return true
      if (socket.state !== 'connecting') return false
    } else {
      if (!toRemote || !this.teaches(socket, body)) return false
      if (body.type === 'tcp') socket.liveLocalIsn = body.seq
    }
    socket.localIp = ip.source
    socket.localPort = source
    return true
  }

  private teaches(socket: TrackedSocket, body: Body): boolean {
    if (body.type === 'tcp') return socket.protocol === Protocol.tcp && socket.state === 'syn-sent' && isFirstSyn(body)
    return body.type === 'udp' && socket.protocol === Protocol.udp && socket.state === 'connecting'
  }

  private passiveOpen(tcp: TcpSegment): TrackedSocket {
    const child = newSocket(Protocol.tcp, 'packet-received', this.family)
    child.localIp = this.endpoints.localIp
    // Ports that the line writes are that packet's alone: the answer to them is no packet of this flow (4.2).
    child.localPort = this.endpoints.bindPort
    child.remoteIp = this.endpoints.remoteIp
    child.remotePort = this.remotePort()
    child.remoteIsn = tcp.seq
    this.add(child)
    return child
  }

  private fillIn(socket: TrackedSocket): void {
    const { localIp, remoteIp, bindPort, connectPort } = this.endpoints
    socket.localIp = localIp
    socket.remoteIp = remoteIp
    if (socket.localPort === 0) socket.localPort = bindPort
    if (socket.remotePort === 0) socket.remotePort = connectPort
  }

  private add(socket: TrackedSocket): void {
    this.sockets.push(socket)
    this.underTest = socket
  }

  private get family() {
    return familyOf(this.endpoints.localIp)
  }
}

const isFirstSyn = ({ flags }: TcpSegment) => (flags & (Flag.syn | Flag.ack)) === Flag.syn
const isIcmp = ({ type }: Body) => type === 'icmpv4' || type === 'icmpv6'
const isPing = (protocol: number) => protocol === Protocol.icmpv4 || protocol === Protocol.icmpv6
const isKnown = (protocol: number) => protocol === Protocol.tcp || protocol === Protocol.udp || isPing(protocol)

/** 0 both for ICMP. */
export function portsOf(body: Body): { readonly source: number; readonly destination: number } {
  if (body.type !== 'tcp' && body.type !== 'udp') return { source: 0, destination: 0 }
  return { source: body.sourcePort, destination: body.destinationPort }
}

const hasPorts = (body: Body) => portsOf(body).source !== 0 || portsOf(body).destination !== 0

/** Whether a line of this kind can be meant for a socket of this protocol (3.2, 3). */
function carries(protocol: number, { type }: Body): boolean {
  switch (protocol) {
    case Protocol.tcp:
      return type !== 'udp'
    case Protocol.udp:
      return type !== 'tcp'
    case Protocol.icmpv4:
      return type === 'icmpv4'
    case Protocol.icmpv6:
      return type === 'icmpv6'
    default:
      return false
  }
}

const wanted = {
  tcp: 'IPPROTO_TCP',
  udp: 'IPPROTO_UDP',
  icmpv4: 'IPPROTO_ICMP',
  icmpv6: 'IPPROTO_ICMPV6',
} as const

/** What to do about a socket whose packets are never recognised (3-calls.md 12, 18); null where it is this kind's. */
export function protocolHint({ protocol }: TrackedSocket, body: Body): string | null {
  if (carries(protocol, body)) return null
  return `the socket under test was made with protocol ${protocol}: write ${wanted[body.type]} as the third argument of socket()`
}
