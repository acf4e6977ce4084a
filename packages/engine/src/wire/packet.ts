// A whole packet: what was sniffed or built, parsed to values, and its text. Interpreter thread.
// Read first: language/2-packets.md 1.1, 2 and 5.1; the headers are in the files beside this one.
import { WireError } from '../errors.js'
import { addressText } from './address.js'
import { type GreHeader, greText, readGre } from './gre.js'
import { type IcmpMessage, readIcmp } from './icmp.js'
import { Ipv4, type Ipv4Header, readIpv4 } from './ipv4.js'
import { Ipv6, type Ipv6Header, readIpv6 } from './ipv6.js'
import { MPLS_ENTRY, type MplsHeader, mplsText, readMpls } from './mpls.js'
import { EtherType, type LayerType, Protocol } from './protocol.js'
import { readTcp, type TcpSegment, type TcpTextOptions, tcpText } from './tcp.js'
import { readUdp, type UdpDatagram } from './udp.js'

export type IpHeader = Ipv4Header | Ipv6Header
export type OuterHeader = IpHeader | GreHeader | MplsHeader
export type Body = TcpSegment | UdpDatagram | IcmpMessage
export type Layer = OuterHeader | Body

/** Where the parts of a packet lie: offsets in octets. */
export interface Place {
  /** The innermost IP header. */
  readonly ipAt: number
  /** What that carries. */
  readonly bodyAt: number
  /** Behind the payload. */
  readonly end: number
}

export interface Packet<B extends Body = Body> {
  /** What the packet is encapsulated in, outermost first. */
  readonly outer: readonly OuterHeader[]
  /** The innermost IP header. */
  readonly ip: IpHeader
  readonly body: B
  readonly place: Place
}

export type TcpPacket = Packet<TcpSegment>

export function isTcp(packet: Packet): packet is TcpPacket {
  return packet.body.type === 'tcp'
}

/** All headers, outermost first. */
export const layersOf = ({ outer, ip, body }: Packet): Layer[] => [...outer, ip, body]

const MAX_HEADERS = 6
const names: Readonly<Record<LayerType, string>> = {
  ipv4: 'IPv4',
  ipv6: 'IPv6',
  gre: 'GRE',
  mpls: 'MPLS',
  tcp: 'TCP',
  udp: 'UDP',
  icmpv4: 'ICMP',
  icmpv6: 'ICMP',
}

/**
 * Parses octets[0, length), down to TCP, UDP or ICMP. Null for what scripts cannot mean (other protocols, IPv6 extension
 * headers): it is skipped. WireError for a packet that is broken (not for its TCP options alone).
 */
export function readPacket(octets: Uint8Array, length: number): Packet | null {
  return new Reading(octets).packet(length)
}

/** One packet being read, header by header. */
class Reading {
  private readonly outer: OuterHeader[] = []

  constructor(private readonly octets: Uint8Array) {}

  packet(length: number): Packet | null {
    return this.ipByVersion(0, length)
  }

  /** An IP header of the version that its first octet tells. */
  private ipByVersion(at: number, end: number): Packet | null {
    if (at + Ipv4.size > end) throw new WireError('IP header overflows packet')
    const version = this.versionAt(at)
    if (version === 4) return this.ip('ipv4', at, end)
    if (version === 6) return this.ip('ipv6', at, end)
    throw new WireError('Unsupported IP version')
  }

  private ip(type: 'ipv4' | 'ipv6', at: number, end: number): Packet | null {
    const { octets } = this
    const ip = type === 'ipv4' ? readIpv4(octets, at, end) : readIpv6(octets, at, end)
    this.count(type)
    const place = { ipAt: at, bodyAt: at + ip.headerLength, end: at + ip.totalLength }
    switch (ip.protocol) {
      case Protocol.tcp:
        return this.done(ip, readTcp(octets, place.bodyAt, place.end), place)
      case Protocol.udp:
        return this.done(ip, readUdp(octets, place.bodyAt, place.end), place)
      case Protocol.icmpv4:
        if (type === 'ipv6') return null
        return this.done(ip, readIcmp(octets, place.bodyAt, place.end, 'icmpv4'), place)
      case Protocol.icmpv6:
        if (type === 'ipv4') return null
        return this.done(ip, readIcmp(octets, place.bodyAt, place.end, 'icmpv6'), place)
      case Protocol.ipv4:
        this.outer.push(ip)
        return this.ip('ipv4', place.bodyAt, place.end)
      case Protocol.ipv6:
        this.outer.push(ip)
        return this.ip('ipv6', place.bodyAt, place.end)
      case Protocol.gre:
        this.outer.push(ip)
        return this.gre(place.bodyAt, place.end)
      default:
        return null
    }
  }

  private gre(at: number, end: number): Packet | null {
    const gre = readGre(this.octets, at, end)
    this.count('gre')
    this.outer.push(gre)
    const next = at + gre.length
    switch (gre.protocol) {
      case EtherType.ipv4: {
        if (next + Ipv4.size > end) throw new WireError('IPv4 header overflows packet')
        const version = this.versionAt(next)
        if (version !== 4) throw new WireError(`Bad IP version (${version}) for ETHERTYPE_IP`)
        return this.ip('ipv4', next, end)
      }
      case EtherType.ipv6:
        if (next + Ipv6.size > end) throw new WireError('IPv6 header overflows packet')
        if (this.versionAt(next) !== 6) throw new WireError('Bad IP version for ETHERTYPE_IPV6')
        return this.ip('ipv6', next, end)
      case EtherType.mpls:
        return this.mpls(next, end)
      default:
        return null
    }
  }

  private mpls(at: number, end: number): Packet | null {
    const mpls = readMpls(this.octets, at, end)
    this.count('mpls')
    this.outer.push(mpls)
    return this.ipByVersion(at + MPLS_ENTRY * mpls.entries.length, end)
  }

  private done(ip: IpHeader, body: Body, place: Place): Packet {
    if (this.outer.length + 2 > MAX_HEADERS) throw tooMany(body.type)
    return { outer: this.outer, ip, body, place }
  }

  private count(type: LayerType): void {
    if (this.outer.length === MAX_HEADERS) throw tooMany(type)
  }

  private versionAt(at: number): number {
    return (this.octets[at] as number) >>> 4
  }
}

const tooMany = (type: LayerType) => new WireError(`Too many nested headers at ${names[type]} header`)

/** Upstream's short form (2-packets.md 2), trailing blank included: `S. 0:0(0) ack 1 win 64240 <mss 1460>`. */
export function packetText({ outer, body }: Packet, options: TcpTextOptions = {}): string {
  return outer.map(outerText).join('') + bodyText(body, options)
}

function outerText(header: OuterHeader): string {
  switch (header.type) {
    case 'ipv4':
    case 'ipv6':
      return `${header.type} ${addressText(header.source)} > ${addressText(header.destination)}: `
    case 'gre':
      return greText(header)
    case 'mpls':
      return mplsText(header)
  }
}

function bodyText(body: Body, options: TcpTextOptions): string {
  switch (body.type) {
    case 'tcp':
      return tcpText(body, options)
    case 'udp':
      return `udp (${body.payloadLength})`
    default:
      return body.type
  }
}

/** Sixteen octets per line, as upstream dumps a packet that it cannot read. */
export function hexDump(octets: Uint8Array, length: number): string {
  let text = ''
  for (let at = 0; at < length; at += 16) {
    text += `0x${at.toString(16).padStart(4, '0')}: `
    for (let i = at; i < Math.min(at + 16, length); i++)
      text += `${(octets[i] as number).toString(16).padStart(2, '0')} `
    text += '\n'
  }
  return text
}
