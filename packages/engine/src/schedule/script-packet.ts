// A packet line made ready before time 0: its octets, its values, and what of it is compared. Nothing here runs timed.
// Read first: language/2-packets.md 1; script-layers.ts.
import type { IpInfo, PacketAction } from '@lunadrill/parser'
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

/** Which packets a run's wire carries. */
export interface WireKind {
  /** Of the innermost IP header. */
  readonly family: Family
  /** Userspace stacks: TCP and UDP alone, without outer headers. */
  readonly plain: boolean
}

/** Why a packet line cannot be run there, or null. */
export function unsupported({ body, outer }: PacketAction, { plain }: WireKind): string | null {
  if (body.type === 'tcp' && body.pspSpi !== null) return 'PSP'
  if (plain && outer[0] !== undefined) return `${outer[0].type} encapsulation on the kernel (--stack=kernel)`
  if (plain && body.type === 'icmp') return 'ICMP packets on the kernel (--stack=kernel)'
  return null
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
