// Script numbers ⇄ live numbers: sequence numbers by the two ISNs, timestamps by what was seen, ports and addresses.
// Inbound runs on the timed path and allocates nothing. Read first: language/2-packets.md 4.

import type { ScriptPacket } from '../schedule/script-packet.js'
import { packetProblem } from '../trace/problem.js'
import { addWords, fold, transportChecksum } from '../wire/checksum.js'
import { Icmp } from '../wire/icmp.js'
import { Ipv4, sealIpv4 } from '../wire/ipv4.js'
import { Ipv6 } from '../wire/ipv6.js'
import { put16, put32, u32 } from '../wire/octets.js'
import { isTcp, type Packet } from '../wire/packet.js'
import { Protocol } from '../wire/protocol.js'
import { add32, subtract32 } from '../wire/sequence.js'
import { Flag, readTcp, Tcp, type TcpSegment } from '../wire/tcp.js'
import { OptionKind, timestampsOf } from '../wire/tcp-options.js'
import { Udp } from '../wire/udp.js'
import type { TrackedSocket } from './tracked-socket.js'

const LONGEST_IPV4 = 65535

const tooLong = (length: number) =>
  packetProblem(
    `an IPv4 packet of ${length} octets cannot be sent`,
    `at most ${LONGEST_IPV4} are possible (RFC 791 3.1)`,
  )

// A packet with SYN has absolute numbers, any other is relative to the ISNs (4.1).
const remoteOffset = (socket: TrackedSocket, syn: boolean) => (syn ? 0 : socket.remoteIsn)
const localOffset = (socket: TrackedSocket, syn: boolean) =>
  syn ? subtract32(socket.liveLocalIsn, socket.scriptLocalIsn) : socket.liveLocalIsn

/**
 * Writes the live form of an inbound script packet to `into` (at least as long), the innermost checksums included.
 * Throws Problem where a timestamp's echo is not known, or where IPv4's length field cannot tell the packet's.
 */
export function makeLive(socket: TrackedSocket, packet: ScriptPacket, into: Uint8Array, ecrScaled: boolean): number {
  const { octets, values } = packet
  const { ip, body } = values
  const { ipAt, bodyAt, end } = values.place
  if (ip.type === 'ipv4' && end - ipAt > LONGEST_IPV4) throw tooLong(end - ipAt)
  into.set(octets)
  const addresses = ipAt + (ip.type === 'ipv4' ? Ipv4.source : Ipv6.source)
  const addressesEnd = addresses + 2 * ip.source.length
  into.set(socket.remoteIp, addresses)
  into.set(socket.localIp, addresses + ip.source.length)
  if (ip.type === 'ipv4') sealIpv4(into, ipAt)
  switch (body.type) {
    case 'tcp':
      makeTcpLive(socket, body, into, bodyAt, ecrScaled)
      put16(into, bodyAt + Tcp.checksum, transportChecksum(into, addresses, addressesEnd, bodyAt, end, Protocol.tcp))
      break
    case 'udp':
      if (body.sourcePort === 0) put16(into, bodyAt + Udp.sourcePort, socket.remotePort)
      if (body.destinationPort === 0) put16(into, bodyAt + Udp.destinationPort, socket.localPort)
      put16(into, bodyAt + Udp.checksum, transportChecksum(into, addresses, addressesEnd, bodyAt, end, Protocol.udp))
      break
    case 'icmpv4':
      makeQuotedLive(socket, into, bodyAt + Icmp.quoted, end, Ipv4.protocol, Ipv4.source, Ipv4.size)
      // Without a pseudo-header (RFC 792).
      put16(into, bodyAt + Icmp.checksum, fold(addWords(into, bodyAt, end, 0)))
      break
    case 'icmpv6':
      makeQuotedLive(socket, into, bodyAt + Icmp.quoted, end, Ipv6.nextHeader, Ipv6.source, Ipv6.size)
      put16(
        into,
        bodyAt + Icmp.checksum,
        transportChecksum(into, addresses, addressesEnd, bodyAt, end, Protocol.icmpv6),
      )
  }
  return end
}

/** The packet that `makeLive` has written, as values. Untimed. */
export function livePacket({ values }: ScriptPacket, octets: Uint8Array): Packet {
  const { bodyAt, end } = values.place
  return isTcp(values) ? { ...values, body: readTcp(octets, bodyAt, end) } : values
}

function makeTcpLive(socket: TrackedSocket, tcp: TcpSegment, into: Uint8Array, at: number, ecrScaled: boolean): void {
  if (tcp.sourcePort === 0) put16(into, at + Tcp.sourcePort, socket.remotePort)
  if (tcp.destinationPort === 0) put16(into, at + Tcp.destinationPort, socket.localPort)
  const syn = (tcp.flags & Flag.syn) !== 0
  const acks = (tcp.flags & Flag.ack) !== 0
  const local = localOffset(socket, syn)
  put32(into, at + Tcp.seq, add32(tcp.seq, remoteOffset(socket, syn)))
  if (acks) put32(into, at + Tcp.ack, add32(tcp.ack, local))
  let option = at + Tcp.options
  const end = at + tcp.dataOffset * 4
  while (option < end) {
    const kind = into[option] as number
    if (kind === OptionKind.nop || kind === OptionKind.eol) {
      option += 1
      continue
    }
    const size = into[option + 1] as number
    if (kind === OptionKind.sack) {
      for (let edge = option + 2; edge < option + size; edge += 4) put32(into, edge, add32(u32(into, edge), local))
    } else if (kind === OptionKind.timestamps && acks) {
      put32(into, option + 6, liveEcho(socket, u32(into, option + 6), ecrScaled))
    }
    option += size
  }
}

/**
 * The packet that an ICMP message at `at` quotes is one of the stack: its addresses, ports and sequence number (4.4). As
 * upstream, also where a script says `[raw (N)]` (O-9). Offsets: in the quoted IP header.
 */
function makeQuotedLive(
  socket: TrackedSocket,
  into: Uint8Array,
  at: number,
  end: number,
  protocolAt: number,
  sourceAt: number,
  size: number,
): void {
  putWithin(into, at + sourceAt, end, socket.localIp)
  putWithin(into, at + sourceAt + socket.localIp.length, end, socket.remoteIp)
  const body = at + size
  const protocol = body <= end ? into[at + protocolAt] : 0
  if (protocol !== Protocol.tcp && protocol !== Protocol.udp) return
  put16(into, body + Tcp.sourcePort, socket.localPort)
  put16(into, body + Tcp.destinationPort, socket.remotePort)
  if (protocol === Protocol.tcp)
    put32(into, body + Tcp.seq, add32(u32(into, body + Tcp.seq), localOffset(socket, false)))
}

function putWithin(into: Uint8Array, at: number, end: number, octets: Uint8Array): void {
  for (let i = 0; i < octets.length && at + i < end; i++) into[at + i] = octets[i] as number
}

function liveEcho(socket: TrackedSocket, ecr: number, scaled: boolean): number {
  const live = socket.timestamps.get(ecr)
  if (live !== undefined) return live
  const first = socket.firstTimestamp
  if (scaled && first !== null) return add32(subtract32(ecr, first.script), first.live)
  throw packetProblem(
    `unable to infer live TS ecr for script TS ecr ${ecr};  no matching or preceding outbound TS val`,
    'an inbound `ecr` must be a `TS val` of an outbound line before it (or use --tcp_ts_ecr_scaled)',
  )
}

/** Brings a sniffed packet's seq, ack and SACK edges into the script's space, in place. */
export function toScript(socket: TrackedSocket, { body }: Packet): void {
  if (body.type !== 'tcp') return
  const syn = (body.flags & Flag.syn) !== 0
  const remote = remoteOffset(socket, syn)
  body.seq = subtract32(body.seq, localOffset(socket, syn))
  if ((body.flags & Flag.ack) !== 0) body.ack = subtract32(body.ack, remote)
  for (const option of body.options) {
    if (option.kind !== OptionKind.sack) continue
    for (let at = 0; at < option.data.length; at += 4) put32(option.data, at, subtract32(u32(option.data, at), remote))
  }
}

/** Learns which live timestamp the script's stands for, and writes the script's equivalent into the packet (4.3). */
export function translateTimestamp(socket: TrackedSocket, script: ScriptPacket, { body }: Packet): void {
  const { body: line } = script.values
  if (!script.compare.options || body.type !== 'tcp' || line.type !== 'tcp') return
  const expected = timestampsOf(line.options)
  const live = timestampsOf(body.options)
  if (expected === null || live === null) return
  socket.timestamps.set(expected.val, live.val)
  socket.firstTimestamp ??= { script: expected.val, live: live.val }
  const first = socket.firstTimestamp
  const last = body.options.findLast(({ kind }) => kind === OptionKind.timestamps)
  if (last) put32(last.data, 0, add32(first.script, subtract32(live.val, first.live)))
}
