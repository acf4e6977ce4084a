// TCP options on the wire: from the script's form to octets, from octets to a list, to text. Interpreter thread.
// Read first: RFC 9293 3.2, RFC 7323 2-3, RFC 2018 3, RFC 7413 4.1.1, RFC 2385; language/2-packets.md 1.4.
import type { TcpOption as ScriptOption } from '@lunadrill/parser'
import { WireError } from '../errors.js'
import { put16, put32, u16, u32 } from './octets.js'

export const OptionKind = {
  eol: 0,
  nop: 1,
  mss: 2,
  wscale: 3,
  sackOk: 4,
  sack: 5,
  timestamps: 8,
  md5: 19,
  fastOpen: 34,
  accEcn0: 172,
  accEcn1: 174,
  experimental: 254,
} as const

/** The magic number of the experimental Fast Open option (RFC 6994, RFC 7413). */
const FOEXP_MAGIC = 0xf989

/** One option as on the wire. `data` is a copy without kind and length. */
export interface TcpOption {
  readonly kind: number
  /** The length octet; 1 for nop and eol, which have none. */
  readonly length: number
  readonly data: Uint8Array
}

/** Fixed lengths; the others vary. */
const fixedLength: ReadonlyMap<number, number> = new Map([
  [OptionKind.mss, 4],
  [OptionKind.wscale, 3],
  [OptionKind.sackOk, 2],
  [OptionKind.timestamps, 10],
])
const variable: ReadonlySet<number> = new Set([
  OptionKind.sack,
  OptionKind.md5,
  OptionKind.fastOpen,
  OptionKind.accEcn0,
  OptionKind.accEcn1,
  OptionKind.experimental,
])
const NO_DATA = new Uint8Array(0)

/** Reads octets[start, end). WireError where the list makes no sense or holds a kind that scripts cannot name. */
export function readOptions(octets: Uint8Array, start: number, end: number): TcpOption[] {
  const options: TcpOption[] = []
  let at = start
  while (at < end) {
    const kind = octets[at] as number
    if (kind === OptionKind.nop || kind === OptionKind.eol) {
      options.push({ kind, length: 1, data: NO_DATA })
      at += 1
      continue
    }
    if (at + 1 >= end) throw new WireError('TCP option length byte extends too far')
    const length = octets[at + 1] as number
    if (length < 2) throw new WireError('TCP option with length byte is too short')
    if (at + length > end) throw new WireError('TCP option data extends too far')
    const expected = fixedLength.get(kind)
    if (expected !== undefined && expected !== length) {
      throw new WireError(`bad TCP option length: was ${length} but expected ${expected}`)
    }
    if (expected === undefined && !variable.has(kind)) throw new WireError(`unexpected TCP option kind: ${kind}`)
    if (kind === OptionKind.sack) {
      if (length < 10) throw new WireError('TCP SACK option too short')
      if ((length - 2) % 8 !== 0) throw new WireError('TCP SACK option not a multiple of SACK block size')
    }
    options.push({ kind, length, data: octets.slice(at + 2, at + length) })
    at += length
  }
  return options
}

/** The octets of a script's option list, in its order, without padding. */
export function writeOptions(options: readonly ScriptOption[]): Uint8Array {
  const octets = new Uint8Array(64)
  let at = 0
  for (const option of options) at = writeOption(octets, at, option)
  return octets.slice(0, at)
}

function writeOption(into: Uint8Array, at: number, option: ScriptOption): number {
  const start = (kind: number, length: number) => {
    into[at] = kind
    into[at + 1] = length
    return at + length
  }
  switch (option.kind) {
    case 'nop':
    case 'eol':
      into[at] = OptionKind[option.kind]
      return at + 1
    case 'sackOK':
      return start(OptionKind.sackOk, 2)
    case 'mss':
      put16(into, at + 2, option.value)
      return start(OptionKind.mss, 4)
    case 'wscale':
      into[at + 2] = option.value
      return start(OptionKind.wscale, 3)
    case 'sack':
      option.blocks.forEach((block, i) => {
        put32(into, at + 2 + 8 * i, block.left)
        put32(into, at + 6 + 8 * i, block.right)
      })
      return start(OptionKind.sack, 2 + 8 * option.blocks.length)
    case 'TS':
      put32(into, at + 2, option.val)
      put32(into, at + 6, option.ecr)
      return start(OptionKind.timestamps, 10)
    case 'md5':
    case 'FO': {
      const data = Buffer.from(option.octets, 'hex')
      into.set(data, at + 2)
      return start(option.kind === 'md5' ? OptionKind.md5 : OptionKind.fastOpen, 2 + data.length)
    }
    case 'FOEXP': {
      const data = Buffer.from(option.octets, 'hex')
      put16(into, at + 2, FOEXP_MAGIC)
      into.set(data, at + 4)
      return start(OptionKind.experimental, 4 + data.length)
    }
    case 'ECN':
      option.counters.forEach((counter, i) => {
        into[at + 2 + 3 * i] = counter >>> 16
        put16(into, at + 3 + 3 * i, counter)
      })
      return start(option.order === 0 ? OptionKind.accEcn0 : OptionKind.accEcn1, 2 + 3 * option.counters.length)
  }
}

/** The last timestamps option's values, or null. */
export function timestampsOf(options: readonly TcpOption[]): { val: number; ecr: number } | null {
  for (let i = options.length - 1; i >= 0; i--) {
    const option = options[i] as TcpOption
    if (option.kind === OptionKind.timestamps) return { val: u32(option.data, 0), ecr: u32(option.data, 4) }
  }
  return null
}

/** As scripts write it (2-packets.md 2): `mss 1460`, `sack 1:1001`, `TS val 1 ecr 2`, … */
export function optionText(option: TcpOption): string {
  const { kind, data } = option
  const hex = Buffer.from(data).toString('hex')
  switch (kind) {
    case OptionKind.eol:
      return 'eol'
    case OptionKind.nop:
      return 'nop'
    case OptionKind.mss:
      return `mss ${u16(data, 0)}`
    case OptionKind.wscale:
      return `wscale ${data[0]}`
    case OptionKind.sackOk:
      return 'sackOK'
    case OptionKind.sack: {
      const blocks = []
      for (let at = 0; at + 8 <= data.length; at += 8) blocks.push(`${u32(data, at)}:${u32(data, at + 4)}`)
      return `sack ${blocks.join(' ')}`
    }
    case OptionKind.timestamps:
      return `TS val ${u32(data, 0)} ecr ${u32(data, 4)}`
    case OptionKind.md5:
      return hex === '' ? 'md5' : `md5 ${hex}`
    case OptionKind.fastOpen:
      return hex === '' ? 'FO' : `FO ${hex}`
    case OptionKind.experimental:
      if (data.length < 2 || u16(data, 0) !== FOEXP_MAGIC) return 'unknown experimental option'
      return data.length === 2 ? 'FOEXP' : `FOEXP ${hex.slice(4)}`
    case OptionKind.accEcn0:
    case OptionKind.accEcn1: {
      const names = kind === OptionKind.accEcn0 ? ['e0b', 'ceb', 'e1b'] : ['e1b', 'ceb', 'e0b']
      const words = names.map((name, i) =>
        3 * i + 3 <= data.length ? ` ${name} ${((data[3 * i] as number) << 16) | u16(data, 3 * i + 1)}` : '',
      )
      return `ECN${words.join('')}`
    }
    default:
      return `kind ${kind}`
  }
}
