// A packet line made ready before time 0: its octets, its values, and what of it is compared. Nothing here runs timed.
// Read first: language/2-packets.md 1; script-layers.ts.
import type { IpInfo, PacketAction } from '@lunadrill/parser'
import type { Lacking } from '../host/lacking.js'
import { type Problem, skip } from '../trace/problem.js'
import type { Family } from '../wire/address.js'
import { type Body, type Packet, packetText } from '../wire/packet.js'
import { bodyDraft, type Draft, innerIpDraft, outerDraft } from './script-layers.js'

export interface ScriptPacket<B extends Body = Body> {
  readonly direction: PacketAction['direction']
  /** A whole packet in the script's numbers; the innermost IP header's addresses, unwritten ports and checksums are 0. */
  readonly octets: Uint8Array
  /** The same as values. */
  readonly values: Packet<B>
  readonly compare: Comparison
  readonly text: string
}

/** What of an expected packet counts. */
export interface Comparison {
  /** How the TOS of every IP header is compared with that header's own. */
  readonly tos: IpInfo['check']
  readonly window: boolean
  readonly ace: boolean
  /** False for `<...>`. */
  readonly options: boolean
}

/** What a run's packets are, and what the stack that they meet can do with them. */
export interface WireKind {
  /** Of the innermost IP header. */
  readonly family: Family
  readonly lacking: Lacking
}

/** Why a packet line cannot be run there, or null. */
export function unsupported({ body, direction }: PacketAction, { family, lacking }: WireKind): Problem | null {
  if (body.type === 'tcp' && body.pspSpi !== null) return skip('PSP')
  if (body.type === 'udp') return lacking.problem('UDP')
  if (body.type === 'tcp') return lacking.problem('TCP')
  return direction === 'inbound' && isError(body.icmpType, family) ? lacking.problem('ICMP_ERRORS') : null
}

const PACKET_TOO_BIG = 2
/** RFC 792: unreachable, source quench, redirect, time exceeded, parameter problem. */
const ICMPV4_ERRORS = [3, 4, 5, 11, 12]

/** RFC 4443 2.1. Packet Too Big is any IPv6 stack's to take (RFC 8200 5), whatever its sockets are told. */
function isError(type: number, family: Family): boolean {
  return family === 'ipv4' ? ICMPV4_ERRORS.includes(type) : type < 128 && type !== PACKET_TOO_BIG
}

/** Builds a line; see `unsupported`. `family`: of the innermost IP header. */
export function buildPacket(action: PacketAction, family: Family): ScriptPacket {
  const { direction, ip, body } = action
  const outerDrafts = action.outer.map(outerDraft)
  const ipDraft = innerIpDraft(family, ip)
  const innerDraft = bodyDraft(body, family)
  const drafts: readonly Draft<unknown>[] = [...outerDrafts, ipDraft, innerDraft]
  const starts = startsOf(drafts)
  const end = starts.at(-1) as number
  const octets = new Uint8Array(end)
  const write = <Value>(draft: Draft<Value>, index: number) =>
    draft.write(octets, starts[index] as number, end, (drafts[index + 1] ?? draft).type)
  const inner = outerDrafts.length
  const values: Packet = {
    outer: outerDrafts.map(write),
    ip: write(ipDraft, inner),
    body: write(innerDraft, inner + 1),
    place: { ipAt: starts[inner] as number, bodyAt: starts[inner + 1] as number, end },
  }
  const compare: Comparison = {
    tos: ip?.check ?? 'none',
    window: body.type !== 'tcp' || body.window !== null,
    ace: body.type === 'tcp' && body.flags.ace,
    options: body.type !== 'tcp' || body.options !== 'any',
  }
  return { direction, octets, values, compare, text: packetText(values, compare) }
}

/** Where each header begins, and where the last one ends. */
function startsOf(drafts: readonly Draft<unknown>[]): number[] {
  const starts = [0]
  for (const { length } of drafts) starts.push((starts.at(-1) as number) + length)
  return starts
}
