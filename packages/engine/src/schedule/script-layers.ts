// The headers of a packet line, each with its length and how it is written once all of them are known: an IP header needs
// to know what follows it. Before time 0. Read first: language/2-packets.md 1.1 (the finish pass) and 1.2 to 1.7.
import type { IcmpBody, IpInfo, OuterHeader, TcpBody, UdpBody } from '@lunadrill/parser'
import { type Family, type IpAddress, parseAddress, unspecified } from '../wire/address.js'
import { greAt, greLength, writeGre } from '../wire/gre.js'
import { Icmp, icmpAt, writeIcmp } from '../wire/icmp.js'
import { Ipv4, ipv4HeaderAt, sealIpv4, writeIpv4 } from '../wire/ipv4.js'
import { Ipv6, ipv6HeaderAt, writeIpv6 } from '../wire/ipv6.js'
import { MPLS_ENTRY, writeMpls } from '../wire/mpls.js'
import { put32 } from '../wire/octets.js'
import type { Body, IpHeader, OuterHeader as OuterValue } from '../wire/packet.js'
import { etherTypeOf, type LayerType, Protocol, protocolOf } from '../wire/protocol.js'
import { Flag, readTcp, Tcp, writeTcp } from '../wire/tcp.js'
import { writeOptions } from '../wire/tcp-options.js'
import { Udp, udpAt, writeUdp } from '../wire/udp.js'

/** A header of a line. */
export interface Draft<Value> {
  readonly type: LayerType
  /** Octets; of the innermost one with its payload. */
  readonly length: number
  /** Writes it to octets that are 0 up to `end`, where the packet ends, and reads it back. `next`: the header behind it. */
  readonly write: (into: Uint8Array, at: number, end: number, next: LayerType) => Value
}

export function outerDraft(header: OuterHeader): Draft<OuterValue> {
  switch (header.type) {
    case 'ipv4':
    case 'ipv6':
      return ipDraft(
        header.type,
        header.ip,
        0,
        addressOf(header.source, header.type),
        addressOf(header.destination, header.type),
      )
    case 'gre':
      return {
        type: 'gre',
        length: greLength(header.flags),
        write: (into, at, _end, next) => {
          writeGre(into, at, header, etherTypeOf(next))
          return greAt(into, at)
        },
      }
    case 'mpls': {
      const entries = header.labels.map(({ label, trafficClass, bottom, ttl }) => ({
        label,
        trafficClass,
        bottom,
        ttl,
      }))
      return {
        type: 'mpls',
        length: MPLS_ENTRY * entries.length,
        write: (into, at) => {
          writeMpls(into, at, entries)
          return { type: 'mpls', entries }
        },
      }
    }
  }
}

/** The innermost IP header: only the run knows its addresses. */
export function innerIpDraft(family: Family, info: IpInfo | null): Draft<IpHeader> {
  return ipDraft(family, info, info?.flowLabel ?? 0, unspecified[family], unspecified[family])
}

function ipDraft(
  type: Family,
  info: IpInfo | null,
  flowLabel: number,
  source: IpAddress,
  destination: IpAddress,
): Draft<IpHeader> {
  const [tos, ttl] = [info?.tos ?? 0, info?.ttl ?? 255]
  if (type === 'ipv4') {
    return {
      type,
      length: Ipv4.size,
      write: (into, at, end, next) => {
        // A total of 65536 wraps to 0 in the field, as upstream's does.
        writeIpv4(into, at, { totalLength: end - at, protocol: protocolOf(next), tos, ttl })
        into.set(source, at + Ipv4.source)
        into.set(destination, at + Ipv4.destination)
        sealIpv4(into, at)
        return ipv4HeaderAt(into, at)
      },
    }
  }
  return {
    type,
    length: Ipv6.size,
    write: (into, at, end, next) => {
      writeIpv6(into, at, { totalLength: end - at, protocol: protocolOf(next), tos, ttl }, flowLabel)
      into.set(source, at + Ipv6.source)
      into.set(destination, at + Ipv6.destination)
      return ipv6HeaderAt(into, at)
    },
  }
}

function addressOf(text: string, family: Family): IpAddress {
  const address = parseAddress(text, family)
  if (address === null) throw new Error(`the parser lets the address ${text} pass`)
  return address
}

export function bodyDraft(body: TcpBody | UdpBody | IcmpBody, family: Family): Draft<Body> {
  switch (body.type) {
    case 'tcp':
      return tcpDraft(body)
    case 'udp':
      return {
        type: 'udp',
        length: Udp.size + body.payloadLength,
        write: (into, at, end) => {
          writeUdp(into, at, [body.sourcePort, body.destinationPort], body.payloadLength)
          return udpAt(into, at, end)
        },
      }
    case 'icmp':
      return icmpDraft(body, family)
  }
}

function tcpDraft(body: TcpBody): Draft<Body> {
  const options = body.options === null || body.options === 'any' ? new Uint8Array(0) : writeOptions(body.options)
  return {
    type: 'tcp',
    length: Tcp.options + options.length + body.payloadLength,
    write: (into, at, end) => {
      const flags = flagBits(body.flags)
      writeTcp(into, at, { ...body, flags, reserved: 0, window: body.window ?? 0 }, options.length)
      into.set(options, at + Tcp.options)
      return readTcp(into, at, end)
    },
  }
}

function flagBits(flags: TcpBody['flags']): number {
  let bits = 0
  for (const name of ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ece', 'cwr', 'ae'] as const) {
    if (flags[name]) bits |= Flag[name]
  }
  return bits
}

/** Of the packet that an error is about only so much is quoted: its ports, and TCP's sequence number. */
const QUOTED_BODY = 8

function icmpDraft({ icmpType, icmpCode, id, mtu, echoed }: IcmpBody, family: Family): Draft<Body> {
  const type = family === 'ipv4' ? 'icmpv4' : 'icmpv6'
  const quotedIp = family === 'ipv4' ? Ipv4.size : Ipv6.size
  return {
    type,
    length: echoed.kind === 'raw' ? echoed.length : Icmp.size + quotedIp + QUOTED_BODY,
    write: (into, at, end) => {
      writeIcmp(into, at, type, { icmpType, code: icmpCode, id, mtu })
      if (echoed.kind !== 'raw') writeQuoted(into, at + Icmp.quoted, echoed, family)
      return icmpAt(into, at, end, type)
    },
  }
}

/** The head of the packet that an error is about, with the length that the whole of it would have (1.6). */
function writeQuoted(
  into: Uint8Array,
  at: number,
  echoed: Exclude<IcmpBody['echoed'], { kind: 'raw' }>,
  family: Family,
): void {
  const udp = echoed.kind === 'udp'
  const ipLength = family === 'ipv4' ? Ipv4.size : Ipv6.size
  const payload = echoed.kind === 'none' ? 0 : echoed.payloadLength
  const totalLength = ipLength + (udp ? Udp.size : Tcp.options) + payload
  const fields = { totalLength, protocol: udp ? Protocol.udp : Protocol.tcp, tos: 0, ttl: 255 }
  if (family === 'ipv4') writeIpv4(into, at, fields)
  else writeIpv6(into, at, fields, 0)
  if (echoed.kind === 'tcp') put32(into, at + ipLength + Tcp.seq, echoed.seq)
}
