// The MPLS label stack: a value, reading with upstream's reason, writing, text. Interpreter thread.
// Read first: RFC 3032 2.1.
import { WireError } from '../errors.js'
import { put32, u32 } from './octets.js'

export const MPLS_ENTRY = 4

export interface MplsEntry {
  readonly label: number
  readonly trafficClass: number
  readonly bottom: boolean
  readonly ttl: number
}

export interface MplsHeader {
  readonly type: 'mpls'
  /** Topmost first; as they stand on the wire, 32 bits each. */
  readonly entries: readonly MplsEntry[]
}

/**
 * Reads the stack in octets[start, end), down to its bottom or up to the end: then what it carries is missing. WireError with
 * upstream's reason (2-packets.md 5.1).
 */
export function readMpls(octets: Uint8Array, start: number, end: number): MplsHeader {
  const entries: MplsEntry[] = []
  let at = start
  do {
    if (at + MPLS_ENTRY > end) throw new WireError('MPLS stack entry overflows packet')
    entries.push(entryAt(octets, at))
    at += MPLS_ENTRY
  } while (at < end && entries.at(-1)?.bottom !== true)
  return { type: 'mpls', entries }
}

function entryAt(octets: Uint8Array, at: number): MplsEntry {
  const word = u32(octets, at)
  return { label: word >>> 12, trafficClass: (word >>> 9) & 7, bottom: (word & 0x100) !== 0, ttl: word & 255 }
}

export function writeMpls(into: Uint8Array, at: number, entries: readonly MplsEntry[]): void {
  entries.forEach(({ label, trafficClass, bottom, ttl }, i) => {
    put32(into, at + MPLS_ENTRY * i, ((label << 12) | (trafficClass << 9) | (bottom ? 0x100 : 0) | ttl) >>> 0)
  })
}

/** `(label 5, tc 0, [S], ttl 9)`. */
export const mplsEntryText = ({ label, trafficClass, bottom, ttl }: MplsEntry): string =>
  `(label ${label}, tc ${trafficClass},${bottom ? ' [S],' : ''} ttl ${ttl})`

/** With colon and blank. */
export const mplsText = ({ entries }: MplsHeader): string =>
  `mpls${entries.map((entry) => ` ${mplsEntryText(entry)}`).join('')}: `
