// What the client's stack is left with when a run is over, and the segments that make it forget: its connections would
// retransmit for minutes, since there is no namespace that ends with the run. Wire server.
// Read first: RFC 9293 3.10.7.4 and RFC 5961 3.2 (a reset counts where its number is the very next one).
import { addWords, fold, transportChecksum } from '../wire/checksum.js'

const TCP = 6
const FIN = 1
const SYN = 2
const RST = 4
const ACK = 16
const TCP_HEAD = 20

/** One connection as the wire has shown it. Numbers are modulo 2^32. */
interface Connection {
  readonly clientIp: Uint8Array
  readonly remoteIp: Uint8Array
  readonly clientPort: number
  readonly remotePort: number
  /** After the last segment from the client; null before one. */
  clientNext: number | null
  /** What the client has acknowledged; null before it has. */
  acknowledged: number | null
  /** After the last segment to the client. */
  remoteNext: number | null
}

export class Connections {
  private readonly known = new Map<string, Connection>()

  /** A packet from the client, or to it: octets[at, at + length). */
  seen(direction: 'from' | 'to', octets: Uint8Array, at: number, length: number): void {
    const segment = readSegment(octets.subarray(at, at + length))
    if (segment === null) return
    const from = direction === 'from'
    const [clientPort, remotePort] = from
      ? [segment.source, segment.destination]
      : [segment.destination, segment.source]
    const key = `${clientPort} ${remotePort}`
    if ((segment.flags & RST) !== 0 && from) {
      // It has forgotten by itself.
      this.known.delete(key)
      return
    }
    let connection = this.known.get(key)
    if (connection === undefined) {
      const [clientIp, remoteIp] = from
        ? [segment.sourceIp, segment.destinationIp]
        : [segment.destinationIp, segment.sourceIp]
      connection = {
        clientIp,
        remoteIp,
        clientPort,
        remotePort,
        clientNext: null,
        acknowledged: null,
        remoteNext: null,
      }
      this.known.set(key, connection)
    }
    if (!from) {
      connection.remoteNext = segment.next
      return
    }
    connection.clientNext = segment.next
    if ((segment.flags & ACK) !== 0) connection.acknowledged = segment.ack
  }

  /** Packets to the client. Where it is not sure how much it has received, one for each number. */
  *resets(): Iterable<Uint8Array> {
    for (const connection of this.known.values()) {
      const { clientNext, acknowledged, remoteNext } = connection
      // It has never answered: nothing is there.
      if (clientNext === null) continue
      const numbers = new Set<number>()
      if (acknowledged !== null) numbers.add(acknowledged)
      if (remoteNext !== null) numbers.add(remoteNext)
      // A SYN that nobody answered is reset by a segment that acknowledges it.
      if (numbers.size === 0) numbers.add(0)
      for (const seq of numbers) yield resetOf(connection, seq, clientNext)
    }
    this.known.clear()
  }
}

function readSegment(packet: Uint8Array) {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length)
  const version = packet.length >= 20 ? (packet[0] as number) >> 4 : 0
  const ipv4 = version === 4
  if (!ipv4 && version !== 6) return null
  const head = ipv4 ? ((packet[0] as number) & 15) * 4 : 40
  if (packet.length < head + TCP_HEAD || packet[ipv4 ? 9 : 6] !== TCP) return null
  const end = Math.min(
    packet.length,
    ipv4 ? view.getUint16(2) || packet.length : 40 + view.getUint16(4) || packet.length,
  )
  const flags = packet[head + 13] as number
  const payload = Math.max(0, end - head - ((packet[head + 12] as number) >> 4) * 4)
  const taken = payload + ((flags & SYN) !== 0 ? 1 : 0) + ((flags & FIN) !== 0 ? 1 : 0)
  return {
    sourceIp: ipv4 ? packet.slice(12, 16) : packet.slice(8, 24),
    destinationIp: ipv4 ? packet.slice(16, 20) : packet.slice(24, 40),
    source: view.getUint16(head),
    destination: view.getUint16(head + 2),
    /** After this segment. */
    next: (view.getUint32(head + 4) + taken) >>> 0,
    ack: view.getUint32(head + 8),
    flags,
  }
}

function resetOf({ clientIp, remoteIp, clientPort, remotePort }: Connection, seq: number, ack: number): Uint8Array {
  const ipv4 = clientIp.length === 4
  const head = ipv4 ? 20 : 40
  const packet = new Uint8Array(head + TCP_HEAD)
  const view = new DataView(packet.buffer)
  if (ipv4) {
    packet.set([0x45, 0, 0, packet.length, 0, 0, 0x40, 0, 255, TCP])
    packet.set(remoteIp, 12)
    packet.set(clientIp, 16)
    view.setUint16(10, fold(addWords(packet, 0, head, 0)))
  } else {
    packet.set([0x60, 0, 0, 0, 0, TCP_HEAD, TCP, 255])
    packet.set(remoteIp, 8)
    packet.set(clientIp, 24)
  }
  view.setUint16(head, remotePort)
  view.setUint16(head + 2, clientPort)
  view.setUint32(head + 4, seq)
  view.setUint32(head + 8, ack)
  packet[head + 12] = (TCP_HEAD / 4) << 4
  packet[head + 13] = RST | ACK
  const checksum = transportChecksum(packet, ipv4 ? 12 : 8, head, head, packet.length, TCP)
  view.setUint16(head + 16, checksum)
  return packet
}
