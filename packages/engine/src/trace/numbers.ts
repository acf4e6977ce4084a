// How a trace tells descriptors and packets: `live`, as they were; or `mapped`, so that the traces of two stacks can be laid
// side by side: what a stack chooses at random (ports, initial sequence number, timestamps, descriptors) is counted from
// its first use. Untimed. Read first: host/recording-host.ts, which asks.
import { seconds } from '../clock/tolerance.js'
import { WireError } from '../errors.js'
import { portsOf } from '../flow/flow-table.js'
import { addressText } from '../wire/address.js'
import { Ipv4 } from '../wire/ipv4.js'
import { put32, u16, u32 } from '../wire/octets.js'
import { type Body, type Packet, packetText, readPacket } from '../wire/packet.js'
import { subtract32 } from '../wire/sequence.js'
import { Flag, type TcpSegment } from '../wire/tcp.js'
import { OptionKind, timestampsOf } from '../wire/tcp-options.js'

/** Asked in the order of the run. */
export interface TraceNumbers {
  /** A descriptor that is used; negative: none. */
  fd(live: number): number
  /** A descriptor that a call has returned. */
  newFd(live: number): number
  /** null: it is not to be shown. */
  packet(octets: Uint8Array, fromStack: boolean): string | null
  /** Behind a call's result: how long it took, where that is told. Microseconds of script time. */
  since(startUs: number, returnUs: number): string
}

export type NumberSpace = 'live' | 'mapped'

export const traceNumbers = (space: NumberSpace): TraceNumbers => (space === 'live' ? live : new MappedNumbers())

const live: TraceNumbers = {
  fd: (fd) => fd,
  newFd: (fd) => fd,
  since: (startUs, returnUs) => (startUs === returnUs ? '' : ` since ${seconds(startUs)}`),
  /** `192.0.2.1:32768 > 192.168.0.2:8080 S 0:0(0) win 1000 <mss 1460> (44 octets, 6f3a12cd)`. */
  packet(octets) {
    const whole = `(${octets.length} octets, ${hash(octets)})`
    const packet = readOr(octets)
    if (typeof packet === 'string') return `${packet}${whole}`
    const { ip, body } = packet
    const { source, destination } = portsOf(body)
    const end = (address: Uint8Array, port: number) =>
      port === 0 ? addressText(address) : `${addressText(address)}:${port}`
    return `${end(ip.source, source)} > ${end(ip.destination, destination)} ${packetText(packet).trim()} ${whole}`
  },
}

/** The packet, or what is to be said in its place. */
function readOr(octets: Uint8Array): Packet | string {
  try {
    return readPacket(octets, octets.length) ?? ''
  } catch (error) {
    if (error instanceof WireError) return `${error.message} `
    throw error
  }
}

/** FNV-1a, 32 bits: for a difference in what the text does not show. */
function hash(octets: Uint8Array): string {
  let value = 0x811c9dc5
  for (const octet of octets) value = Math.imul(value ^ octet, 0x01000193)
  return (value >>> 0).toString(16).padStart(8, '0')
}

/** One pair of ends. The tester's own numbers are the script's; the stack's are taken relative to its first ones. */
interface Flow {
  /** From 1, by first appearance. */
  readonly number: number
  isn: number
  /** Of the first timestamp; null where there was none yet. */
  timestamp: number | null
}

class MappedNumbers implements TraceNumbers {
  private readonly flows = new Map<string, Flow>()
  private readonly descriptors = new Map<number, number>()
  /** As scripts count. */
  private nextFd = 3

  fd(fd: number): number {
    return fd < 0 ? fd : (this.descriptors.get(fd) ?? this.newFd(fd))
  }

  newFd(fd: number): number {
    this.descriptors.set(fd, this.nextFd)
    return this.nextFd++
  }

  /** On the wall's clock no two are the same, and where a call blocks, a line of its own says so. */
  since(): string {
    return ''
  }

  /** `#1 S. 0:0(0) ack 1 win 1000 <mss 1460> (44 octets, ttl 64, DF)`: the flow, the packet, what its IP header says. */
  packet(octets: Uint8Array, fromStack: boolean): string | null {
    const own = octets.slice()
    const packet = readOr(own)
    if (typeof packet === 'string') return packet === '' ? null : `${packet}(${octets.length} octets)`
    const { ip, body, place } = packet
    if (isNeighbourDiscovery(body)) return null
    const flow = this.flowOf(packet, fromStack)
    if (body.type === 'tcp') map(body, flow, fromStack)
    const details = [`${octets.length} octets`, `ttl ${ip.ttl}`]
    if (ip.tos !== 0) details.push(`tos 0x${ip.tos.toString(16)}`)
    if (ip.type === 'ipv4' && (u16(own, place.ipAt + Ipv4.fragment) & DONT_FRAGMENT) !== 0) details.push('DF')
    if (body.type === 'icmpv4' || body.type === 'icmpv6') details.push(`type ${body.icmpType} code ${body.code}`)
    return `#${flow.number} ${packetText(packet).trim()} (${details.join(', ')})`
  }

  private flowOf({ ip, body }: Packet, fromStack: boolean): Flow {
    const { source, destination } = portsOf(body)
    const ends = [`${addressText(ip.source)} ${source}`, `${addressText(ip.destination)} ${destination}`]
    const key = [body.type, ...(fromStack ? ends : ends.reverse())].join(' ')
    const known = this.flows.get(key)
    if (known !== undefined) return known
    const flow = { number: this.flows.size + 1, isn: 0, timestamp: null }
    this.flows.set(key, flow)
    return flow
  }
}

const DONT_FRAGMENT = 0x4000

/** A kernel asks for routers and neighbours when it likes (RFC 4861 4); scripts do not see it, as what is no packet to them. */
const isNeighbourDiscovery = (body: Body) => body.type === 'icmpv6' && body.icmpType >= 133 && body.icmpType <= 137

/** Takes what the stack has chosen out of a segment's numbers, in place, options' octets too. */
function map(tcp: TcpSegment, flow: Flow, fromStack: boolean): void {
  if (fromStack) {
    if ((tcp.flags & Flag.syn) !== 0) flow.isn = tcp.seq
    flow.timestamp ??= timestampsOf(tcp.options)?.val ?? null
    tcp.seq = subtract32(tcp.seq, flow.isn)
  } else if ((tcp.flags & Flag.ack) !== 0) {
    tcp.ack = subtract32(tcp.ack, flow.isn)
  }
  for (const { kind, data } of tcp.options) {
    if (kind === OptionKind.timestamps) {
      const at = fromStack ? 0 : 4
      const value = u32(data, at)
      // An echo of 0 is none (RFC 7323 3.2).
      if (fromStack || value !== 0) put32(data, at, subtract32(value, flow.timestamp ?? 0))
    } else if (kind === OptionKind.sack && !fromStack) {
      for (let at = 0; at < data.length; at += 4) put32(data, at, subtract32(u32(data, at), flow.isn))
    }
  }
}
