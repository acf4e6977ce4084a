// From program counters of a process that is gone to functions and lines: the objects are still on disk. Names come from
// their symbol tables, lines (and what was inlined) from addr2line(1) where it is installed. Supervisor, untimed.
// Read first: proc(5), /proc/PID/maps; elf.ts.
import { spawnSync } from 'node:child_process'
import type { Frame } from '../trace/failure.js'
import { type Elf, readElf } from './elf.js'

/** Where a program counter was. */
interface Spot {
  readonly object: string | null
  /** Address in the object, or the program counter itself where no object is. */
  readonly address: number
}

interface Mapping {
  readonly start: bigint
  readonly end: bigint
  readonly offset: bigint
  readonly path: string
}

/** As addr2line says that it does not know. */
const UNKNOWN = '??'
const PATIENCE_MS = 20_000

/**
 * `frames`: program counters, innermost first, return addresses but for the first where `exactFirst`; `maps`: executable
 * lines of /proc/PID/maps. As many frames come back, and those that were inlined into them.
 */
export function symbolise(frames: readonly bigint[], exactFirst: boolean, maps: string): Frame[] {
  const mappings = maps.split('\n').flatMap(mappingOf)
  const elves = new Map<string, Elf | null>()
  const elfOf = (path: string) => {
    if (!elves.has(path)) elves.set(path, readElf(path))
    return elves.get(path) ?? null
  }
  // A return address may lie behind the function's end: the call is before it.
  const spots = frames.map((pc, i) => spotOf(i === 0 && exactFirst ? pc : pc - 1n, mappings, elfOf))
  const lines = linesOf(spots)
  return spots.flatMap((spot): Frame[] => {
    const { object, address } = spot
    if (object === null) return [{ object, symbol: null, offset: address, source: null }]
    const named = nameOf(elfOf(object), address)
    const inlined = lines.get(`${object} ${address}`) ?? []
    if (inlined.length === 0) return [{ object, ...named, source: null }]
    return inlined.map(({ symbol, source }, i) => {
      const last = i === inlined.length - 1
      return { object, symbol: symbol ?? named.symbol, offset: last ? named.offset : 0, source }
    })
  })
}

function mappingOf(line: string): Mapping[] {
  const found = /^([0-9a-f]+)-([0-9a-f]+) \S+ ([0-9a-f]+) \S+ \S+ +(\/.*?)(?: \(deleted\))?$/.exec(line)
  if (found === null) return []
  const [start, end, offset] = found.slice(1, 4).map((hex) => BigInt(`0x${hex}`)) as [bigint, bigint, bigint]
  return [{ start, end, offset, path: found[4] as string }]
}

function spotOf(pc: bigint, mappings: readonly Mapping[], elfOf: (path: string) => Elf | null): Spot {
  const mapping = mappings.find(({ start, end }) => pc >= start && pc < end)
  if (mapping === undefined) return { object: null, address: Number(pc < 0n ? 0n : pc) }
  const fileOffset = Number(pc - mapping.start + mapping.offset)
  return { object: mapping.path, address: elfOf(mapping.path)?.addressOf(fileOffset) ?? fileOffset }
}

function nameOf(elf: Elf | null, address: number): Pick<Frame, 'symbol' | 'offset'> {
  const holds = ({ defined, isFunction, value, size }: Elf['symbols'][number]) =>
    defined && isFunction && address >= value && address < value + size
  const symbol = elf?.symbols.find(holds)
  return symbol === undefined
    ? { symbol: null, offset: address }
    : { symbol: symbol.name, offset: address - symbol.value }
}

type Line = Pick<Frame, 'symbol' | 'source'>

/** By object and address, innermost first; nothing where addr2line is not there, or knows nothing. */
function linesOf(spots: readonly Spot[]): ReadonlyMap<string, readonly Line[]> {
  const byObject = new Map<string, number[]>()
  for (const { object, address } of spots) {
    if (object !== null) byObject.set(object, [...(byObject.get(object) ?? []), address])
  }
  const found = new Map<string, Line[]>()
  for (const [object, addresses] of byObject) {
    const args = ['-a', '-f', '-C', '-i', '-e', object, ...addresses.map((each) => `0x${each.toString(16)}`)]
    const { stdout, status } = spawnSync('addr2line', args, { encoding: 'utf8', timeout: PATIENCE_MS })
    if (status !== 0) continue
    for (const block of stdout.split(/^(?=0x[0-9a-f]+$)/m)) {
      const [address, ...pairs] = block.trimEnd().split('\n')
      const lines = pairs.flatMap((name, i): Line[] => (i % 2 === 1 ? [] : [lineOf(name, pairs[i + 1] ?? '')]))
      const known = lines.filter(({ symbol, source }) => symbol !== null || source !== null)
      if (known.length > 0) found.set(`${object} ${Number(address)}`, known)
    }
  }
  return found
}

function lineOf(name: string, place: string): Line {
  const source = place.replace(/ \(discriminator \d+\)$/, '')
  return {
    symbol: name === UNKNOWN ? null : name,
    source: source.startsWith(UNKNOWN) || source.endsWith(':?') ? null : source,
  }
}
