// Script numbers ⇄ live numbers: sequence numbers by the two ISNs, timestamps by what was seen, ports and addresses.
// Inbound runs on the timed path and allocates nothing. Read first: language/2-packets.md 4.

import type { ScriptPacket } from '../schedule/script-packet.js'
import { packetProblem } from '../trace/problem.js'
import { addWords, fold, transportChecksum } from '../wire/checksum.js'
import { Ipv4, PROTOCOL_TCP, put16, put32, u32 } from '../wire/ipv4.js'
import type { TcpPacket } from '../wire/packet.js'
import { add32, subtract32 } from '../wire/sequence.js'
import { Flag, Tcp } from '../wire/tcp.js'
import { OptionKind, timestampsOf } from '../wire/tcp-options.js'
import type { TrackedSocket } from './tracked-socket.js'

// A packet with SYN has absolute numbers, any other is relative to the ISNs (4.1).
const remoteOffset = (socket: TrackedSocket, syn: boolean) => (syn ? 0 : socket.remoteIsn)
const localOffset = (socket: TrackedSocket, syn: boolean) =>
  syn ? subtract32(socket.liveLocalIsn, socket.scriptLocalIsn) : socket.liveLocalIsn

/**
 * Writes the live form of an inbound script packet to `into` (at least as long), checksums and all.
 * Throws Problem where a timestamp's echo is not known.
 */
export function makeLive(socket: TrackedSocket, packet: ScriptPacket, into: Uint8Array, ecrScaled: boolean): number {
  const { octets, values } = packet
  const { tcp } = values
  const length = octets.length
  into.set(octets)
  put32(into, Ipv4.source, socket.remoteIp)
  put32(into, Ipv4.destination, socket.localIp)
  const at = Ipv4.size
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
  put16(into, Ipv4.checksum, fold(addWords(into, 0, Ipv4.size, 0)))
  put16(into, at + Tcp.checksum, transportChecksum(into, Ipv4.source, at, length, PROTOCOL_TCP))
  return length
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
export function toScript(socket: TrackedSocket, { tcp }: TcpPacket): void {
  const syn = (tcp.flags & Flag.syn) !== 0
  const remote = remoteOffset(socket, syn)
  tcp.seq = subtract32(tcp.seq, localOffset(socket, syn))
  if ((tcp.flags & Flag.ack) !== 0) tcp.ack = subtract32(tcp.ack, remote)
  for (const option of tcp.options) {
    if (option.kind !== OptionKind.sack) continue
    for (let at = 0; at < option.data.length; at += 4) put32(option.data, at, subtract32(u32(option.data, at), remote))
  }
}

/** Learns which live timestamp the script's stands for, and writes the script's equivalent into the packet (4.3). */
export function translateTimestamp(socket: TrackedSocket, script: ScriptPacket, actual: TcpPacket): void {
  if (!script.compare.options) return
  const expected = timestampsOf(script.values.tcp.options)
  const live = timestampsOf(actual.tcp.options)
  if (expected === null || live === null) return
  socket.timestamps.set(expected.val, live.val)
  socket.firstTimestamp ??= { script: expected.val, live: live.val }
  const first = socket.firstTimestamp
  const last = actual.tcp.options.findLast(({ kind }) => kind === OptionKind.timestamps)
  if (last) put32(last.data, 0, add32(first.script, subtract32(live.val, first.live)))
}
