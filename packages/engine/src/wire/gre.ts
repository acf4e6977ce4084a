// The GRE header, version 0: a value, reading with upstream's reasons, writing, text. Interpreter thread.
// Read first: RFC 2784 2, RFC 2890 2; language/2-packets.md 1.7 and O-7.
import { WireError } from '../errors.js'
import { put16, put32, u16, u32 } from './octets.js'

/** Bits of the first two octets. */
export const GreFlag = { checksum: 0x8000, routing: 0x4000, key: 0x2000, sequence: 0x1000, version: 7 } as const

const BASE = 4
/** Of the longest header: flags, protocol, checksum, offset, key, sequence number. */
const RECORD = 16

export interface GreHeader {
  readonly type: 'gre'
  /** Octets. */
  readonly length: number
  readonly flags: number
  /** An EtherType. */
  readonly protocol: number
  /** 0 each where `flags` has them not. */
  readonly sum: number
  readonly off: number
  readonly key: number
  readonly seq: number
}

export function greLength(flags: number): number {
  const present = (flag: number) => ((flags & flag) === 0 ? 0 : 4)
  return BASE + present(GreFlag.checksum) + present(GreFlag.key) + present(GreFlag.sequence)
}

/** Reads the header in octets[start, end). WireError with upstream's reason (2-packets.md 5.1). */
export function readGre(octets: Uint8Array, start: number, end: number): GreHeader {
  if (end - start < BASE) throw new WireError('Truncated GRE header')
  const flags = u16(octets, start)
  if ((flags & GreFlag.version) !== 0) throw new WireError('GRE header has unsupported version number')
  if ((flags & GreFlag.routing) !== 0) throw new WireError('GRE header has unsupported routing info')
  if (start + greLength(flags) > end) throw new WireError('GRE header length too big')
  return greAt(octets, start)
}

/** Reads a header that is known to be whole. */
export function greAt(octets: Uint8Array, start: number): GreHeader {
  const flags = u16(octets, start)
  let at = start + BASE
  const next = (flag: number) => {
    if ((flags & flag) === 0) return null
    at += 4
    return at - 4
  }
  const sumAt = next(GreFlag.checksum)
  const keyAt = next(GreFlag.key)
  const seqAt = next(GreFlag.sequence)
  return {
    type: 'gre',
    length: at - start,
    flags,
    protocol: u16(octets, start + 2),
    sum: sumAt === null ? 0 : u16(octets, sumAt),
    off: sumAt === null ? 0 : u16(octets, sumAt + 2),
    key: keyAt === null ? 0 : u32(octets, keyAt),
    seq: seqAt === null ? 0 : u32(octets, seqAt),
  }
}

type GreFields = Pick<GreHeader, 'flags' | 'sum' | 'off' | 'key' | 'seq'>

/**
 * Writes a header as upstream does: the first octets of the full record, as many as `flags` ask for. So without a checksum
 * its place is taken by what stands after it (O-7). No checksum is computed.
 */
export function writeGre(
  into: Uint8Array,
  at: number,
  { flags, sum, off, key, seq }: GreFields,
  protocol: number,
): void {
  const record = new Uint8Array(RECORD)
  put16(record, 0, flags)
  put16(record, 2, protocol)
  put16(record, 4, sum)
  put16(record, 6, off)
  put32(record, 8, key)
  put32(record, 12, seq)
  into.set(record.subarray(0, greLength(flags)), at)
}

/** With colon and blank: `gre flags 0x2000 proto 0x0800 key 0x5: `. */
export function greText({ flags, protocol, sum, off, key, seq }: GreHeader): string {
  const hex = (value: number) => `0x${value.toString(16)}`
  let text = `gre flags ${hex(flags)} proto 0x${protocol.toString(16).padStart(4, '0')}`
  if ((flags & GreFlag.checksum) !== 0) text += ` sum ${hex(sum)} off ${hex(off)}`
  if ((flags & GreFlag.key) !== 0) text += ` key ${hex(key)}`
  if ((flags & GreFlag.sequence) !== 0) text += ` seq ${hex(seq)}`
  return `${text}: `
}
