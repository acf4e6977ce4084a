// A packet line made ready before time 0: its octets, its values, and what of it is compared. Nothing here runs timed.
// Read first: language/2-packets.md 1.
import type { IpInfo, PacketAction, TcpBody } from '@lunadrill/parser'
import { Ipv4, PROTOCOL_TCP, writeIpv4 } from '../wire/ipv4.js'
import { packetText, type TcpPacket } from '../wire/packet.js'
import { Flag, readTcp, Tcp, writeTcp } from '../wire/tcp.js'
import { writeOptions } from '../wire/tcp-options.js'

export interface ScriptPacket {
  readonly direction: PacketAction['direction']
  /** A whole IPv4 packet in the script's numbers; addresses, unwritten ports and checksums are 0. */
  readonly octets: Uint8Array
  /** The same as values. */
  readonly values: TcpPacket
  readonly compare: Comparison
  readonly text: string
}

/** What of an expected packet counts. */
export interface Comparison {
  readonly tos: IpInfo['check']
  /** 255: not compared. */
  readonly ttl: number
  readonly window: boolean
  readonly ace: boolean
  /** False for `<...>`. */
  readonly options: boolean
}

/** Why a packet line cannot be run by this version, or null. */
export function unsupported(action: PacketAction): string | null {
  if (action.outer.length > 0) return `${action.outer[0]?.type} encapsulation`
  if (action.body.type !== 'tcp') return `${action.body.type.toUpperCase()} packets`
  if (action.body.pspSpi !== null) return 'PSP'
  return null
}

/** Builds a TCP line; see `unsupported`. */
export function buildPacket(direction: PacketAction['direction'], ip: IpInfo | null, body: TcpBody): ScriptPacket {
  const anyOptions = body.options === 'any'
  const options = body.options === null || body.options === 'any' ? new Uint8Array(0) : writeOptions(body.options)
  const total = Ipv4.size + Tcp.options + options.length + body.payloadLength
  const octets = new Uint8Array(total)
  // A total of 65536 wraps to 0 in the field, as upstream's does.
  writeIpv4(octets, total & 0xffff, PROTOCOL_TCP, ip?.tos ?? 0, ip?.ttl ?? 255)
  writeTcp(
    octets,
    Ipv4.size,
    {
      sourcePort: body.sourcePort,
      destinationPort: body.destinationPort,
      seq: body.seq,
      ack: body.ack,
      flags: flagBits(body.flags),
      reserved: 0,
      window: body.window ?? 0,
      urgent: body.urgent,
      payloadLength: body.payloadLength,
    },
    options.length,
  )
  octets.set(options, Ipv4.size + Tcp.options)
  const values: TcpPacket = {
    ip: {
      headerLength: Ipv4.size,
      tos: ip?.tos ?? 0,
      totalLength: total,
      ttl: ip?.ttl ?? 255,
      protocol: PROTOCOL_TCP,
      source: 0,
      destination: 0,
    },
    tcp: readTcp(octets, Ipv4.size, total),
  }
  const compare: Comparison = {
    tos: ip?.check ?? 'none',
    ttl: ip?.ttl ?? 255,
    window: body.window !== null,
    ace: body.flags.ace,
    options: !anyOptions,
  }
  return { direction, octets, values, compare, text: packetText(values, compare) }
}

function flagBits(flags: TcpBody['flags']): number {
  let bits = 0
  for (const name of ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ece', 'cwr', 'ae'] as const) {
    if (flags[name]) bits |= Flag[name]
  }
  return bits
}
