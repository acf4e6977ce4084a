// Ethernet frames around IP packets, and the neighbour discovery that makes a client send its packets here: requests that
// are answered, and the one question that the server asks. Wire server. Read first: RFC 826 (ARP); RFC 4861 4.3, 4.4, 7.2.
import { type Family, type IpAddress, parseAddress } from '../wire/address.js'
import { transportChecksum } from '../wire/checksum.js'

export type MacAddress = Uint8Array

export const ETHERNET_HEAD = 14
const TYPE = 12
const EtherType = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const

const ARP_LENGTH = 28
const ArpOperation = { request: 1, reply: 2 } as const
const IPV6_HEAD = 40
const ICMPV6 = 58
const Icmp6Type = { solicitation: 135, advertisement: 136 } as const
/** Solicited, override (RFC 4861 4.4). */
const ADVERTISEMENT_FLAGS = 0x60
const SOURCE_LINK_LAYER = 1
const TARGET_LINK_LAYER = 2

/** What one frame of the client's is. */
export type Arrived =
  | { readonly kind: 'packet'; readonly at: number; readonly length: number }
  /** The client asks who has `target`. */
  | { readonly kind: 'question'; readonly target: IpAddress; readonly from: IpAddress; readonly mac: MacAddress }
  /** The client says that it has `address`. */
  | { readonly kind: 'answer'; readonly address: IpAddress }
  | { readonly kind: 'other' }

const other: Arrived = { kind: 'other' }

export function readFrame(frame: Uint8Array, length: number, family: Family): Arrived {
  if (length < ETHERNET_HEAD + 20) return other
  const type = ((frame[TYPE] as number) << 8) | (frame[TYPE + 1] as number)
  if (type === EtherType.arp) return family === 'ipv4' ? readArp(frame.subarray(ETHERNET_HEAD, length)) : other
  if (type !== EtherType[family]) return other
  const view = new DataView(frame.buffer, frame.byteOffset + ETHERNET_HEAD, length - ETHERNET_HEAD)
  if (family === 'ipv4') return packet(length, view.getUint16(2))
  if (length < ETHERNET_HEAD + IPV6_HEAD) return other
  const octets = frame.subarray(ETHERNET_HEAD, length)
  if (octets[6] === ICMPV6 && octets.length >= IPV6_HEAD + 24) {
    const found = readDiscovery(octets)
    if (found !== null) return found
  }
  return packet(length, IPV6_HEAD + view.getUint16(4))
}

/** Behind a short packet a frame has padding; before a large send is cut, the header's length may be 0. */
function packet(frameLength: number, said: number): Arrived {
  const there = frameLength - ETHERNET_HEAD
  return { kind: 'packet', at: ETHERNET_HEAD, length: said >= 20 && said < there ? said : there }
}

function readArp(arp: Uint8Array): Arrived {
  if (arp.length < ARP_LENGTH) return other
  const operation = ((arp[6] as number) << 8) | (arp[7] as number)
  const from = arp.slice(14, 18)
  if (operation === ArpOperation.reply) return { kind: 'answer', address: from }
  if (operation !== ArpOperation.request) return other
  return { kind: 'question', target: arp.slice(24, 28), from, mac: arp.slice(8, 14) }
}

function readDiscovery(packet: Uint8Array): Arrived | null {
  const type = packet[IPV6_HEAD]
  const target = packet.slice(IPV6_HEAD + 8, IPV6_HEAD + 24)
  if (type === Icmp6Type.advertisement) return { kind: 'answer', address: target }
  if (type !== Icmp6Type.solicitation) return null
  const option = packet.subarray(IPV6_HEAD + 24)
  // Without the option the asker's frame would tell; a Linux client sends it unless it looks for duplicates.
  if (option.length < 8 || option[0] !== SOURCE_LINK_LAYER) return other
  return { kind: 'question', target, from: packet.slice(8, 24), mac: option.slice(2, 8) }
}

/** The frame that carries packet[at, at + length), written to `into`; its length. */
export function frameOf(
  into: Uint8Array,
  to: MacAddress,
  from: MacAddress,
  packet: Uint8Array,
  at: number,
  length: number,
): number {
  writeHead(into, to, from, (packet[at] as number) >> 4 === 6 ? EtherType.ipv6 : EtherType.ipv4)
  into.set(packet.subarray(at, at + length), ETHERNET_HEAD)
  return ETHERNET_HEAD + length
}

/** "`address` is at `mac`", told to whom asked. */
export function answerFrame(
  mac: MacAddress,
  address: IpAddress,
  asker: { readonly mac: MacAddress; readonly from: IpAddress },
): Uint8Array {
  const [from, to] = [
    { mac, ip: address },
    { mac: asker.mac, ip: asker.from },
  ]
  if (address.length === 4) return arpFrame(ArpOperation.reply, from, to)
  return discoveryFrame(Icmp6Type.advertisement, ADVERTISEMENT_FLAGS, address, TARGET_LINK_LAYER, from, to)
}

/** "Who has `to.ip`?", asked of `to.mac`. The answer shows that frames pass both ways; asked, it learns where `from` is. */
export function questionFrame(from: Neighbour, to: Neighbour): Uint8Array {
  if (to.ip.length === 4) return arpFrame(ArpOperation.request, from, to)
  return discoveryFrame(Icmp6Type.solicitation, 0, to.ip, SOURCE_LINK_LAYER, from, to)
}

export interface Neighbour {
  readonly mac: MacAddress
  readonly ip: IpAddress
}

function arpFrame(operation: number, from: Neighbour, to: Neighbour): Uint8Array {
  const frame = new Uint8Array(ETHERNET_HEAD + ARP_LENGTH)
  writeHead(frame, to.mac, from.mac, EtherType.arp)
  // Ethernet (1), IPv4, 6 and 4 octets of address.
  frame.set([0, 1, 8, 0, 6, 4, 0, operation], ETHERNET_HEAD)
  frame.set(from.mac, ETHERNET_HEAD + 8)
  frame.set(from.ip, ETHERNET_HEAD + 14)
  if (operation === ArpOperation.reply) frame.set(to.mac, ETHERNET_HEAD + 18)
  frame.set(to.ip, ETHERNET_HEAD + 24)
  return frame
}

function discoveryFrame(
  type: number,
  flags: number,
  target: IpAddress,
  option: number,
  from: Neighbour,
  to: Neighbour,
): Uint8Array {
  const frame = new Uint8Array(ETHERNET_HEAD + IPV6_HEAD + 32)
  writeHead(frame, to.mac, from.mac, EtherType.ipv6)
  const packet = frame.subarray(ETHERNET_HEAD)
  // Version 6; 32 octets of ICMPv6; hop limit 255, as RFC 4861 7.1 demands.
  packet.set([0x60, 0, 0, 0, 0, 32, ICMPV6, 255])
  packet.set(from.ip, 8)
  packet.set(to.ip, 24)
  packet[IPV6_HEAD] = type
  packet[IPV6_HEAD + 4] = flags
  packet.set(target, IPV6_HEAD + 8)
  packet[IPV6_HEAD + 24] = option
  packet[IPV6_HEAD + 25] = 1
  packet.set(from.mac, IPV6_HEAD + 26)
  const checksum = transportChecksum(packet, 8, IPV6_HEAD, IPV6_HEAD, packet.length, ICMPV6)
  new DataView(frame.buffer).setUint16(ETHERNET_HEAD + IPV6_HEAD + 2, checksum)
  return frame
}

function writeHead(frame: Uint8Array, to: MacAddress, from: MacAddress, type: number): void {
  frame.set(to)
  frame.set(from, 6)
  frame[TYPE] = type >> 8
  frame[TYPE + 1] = type & 255
}

/**
 * An Ethernet address that no interface has (locally administered): frames to it are heard by our packet socket, and by
 * no kernel. The last half is the interface's own, so that two servers on one network do not meet.
 */
export const virtualMac = (mac: MacAddress): MacAddress => Uint8Array.of(0x02, 0x4c, 0x44, ...mac.subarray(3))

export function parseMac(text: string): MacAddress {
  return Uint8Array.from(text.split(':'), (octet) => Number.parseInt(octet, 16))
}

/** An address that `openRequest` has let through. */
export function ipOf(text: string, family: Family): IpAddress {
  return parseAddress(text, family) as IpAddress
}
