// What lunadrill wants to know of a shared object without loading it: where its functions lie, which libraries it asks for,
// which symbols it lacks. 64 bits, little-endian. Any process. Read first: elf(5).
import { closeSync, openSync, readSync } from 'node:fs'

export interface ElfSymbol {
  readonly name: string
  /** Address in the object. */
  readonly value: number
  /** Octets; 0 where it is not told. */
  readonly size: number
  /** False where another object is to have it. */
  readonly defined: boolean
  readonly isFunction: boolean
}

export interface Elf {
  /** DT_NEEDED, in the object's order. */
  readonly needed: readonly string[]
  readonly symbols: readonly ElfSymbol[]
  /** Address in the object of an octet of its file; null where the octet is not loaded. */
  addressOf(fileOffset: number): number | null
}

interface Section {
  readonly type: number
  readonly offset: number
  readonly size: number
  /** Of its strings. */
  readonly link: number
}

interface Segment {
  readonly offset: number
  readonly address: number
  readonly fileSize: number
}

const SHT_SYMTAB = 2
const SHT_DYNAMIC = 6
const SHT_DYNSYM = 11
const PT_LOAD = 1
const DT_NEEDED = 1
const STT_FUNC = 2
const SYMBOL_SIZE = 24
/** A table of more than this is not read. */
const MAX_TABLE = 256 << 20

/** e_machine of elf.h, the ones that a Linux machine may be. */
const machines: ReadonlyMap<number, string> = new Map([
  [3, 'x86'],
  [8, 'MIPS'],
  [20, '32-bit PowerPC'],
  [21, '64-bit PowerPC'],
  [22, 's390x'],
  [40, '32-bit ARM'],
  [62, 'x86-64'],
  [183, '64-bit ARM'],
  [243, 'RISC-V'],
])

/** Which machine an ELF file is for, in words; null where it is none, or cannot be read. */
export function machineOf(path: string): string | null {
  const head = Buffer.alloc(20)
  try {
    const fd = openSync(path, 'r')
    try {
      if (readSync(fd, head, 0, head.length, 0) < head.length || head.readUInt32BE(0) !== 0x7f454c46) return null
    } finally {
      closeSync(fd)
    }
  } catch {
    return null
  }
  const number = head[5] === 1 ? head.readUInt16LE(18) : head.readUInt16BE(18)
  // x86-64 with 32-bit pointers is a machine of its own.
  const narrow = head[4] === 1 && number === 62 ? ' with 32-bit pointers' : ''
  return `${machines.get(number) ?? `machine ${number} of elf.h`}${narrow}`
}

/** Null where it is no such file, or cannot be read. */
export function readElf(path: string): Elf | null {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch {
    return null
  }
  try {
    return new Reading(fd).elf()
  } catch {
    return null
  } finally {
    closeSync(fd)
  }
}

class Reading {
  constructor(private readonly fd: number) {}

  elf(): Elf | null {
    const head = this.octets(0, 64)
    if (head.readUInt32BE(0) !== 0x7f454c46 || head[4] !== 2 || head[5] !== 1) return null
    const segments = this.segments(head)
    const sections = this.sections(head)
    const tables = sections.filter(({ type }) => type === SHT_SYMTAB || type === SHT_DYNSYM)
    return {
      needed: sections.filter(({ type }) => type === SHT_DYNAMIC).flatMap((each) => this.needed(each, sections)),
      symbols: tables.flatMap((table) => this.symbols(table, sections)),
      addressOf(fileOffset) {
        const holds = ({ offset, fileSize }: Segment) => fileOffset >= offset && fileOffset < offset + fileSize
        const segment = segments.find(holds)
        return segment === undefined ? null : fileOffset - segment.offset + segment.address
      },
    }
  }

  private segments(head: Buffer): Segment[] {
    const [at, size, count] = [number64(head, 32), head.readUInt16LE(54), head.readUInt16LE(56)]
    const table = this.octets(at, size * count)
    const found: Segment[] = []
    for (let i = 0; i < table.length; i += size) {
      if (table.readUInt32LE(i) !== PT_LOAD) continue
      found.push({
        offset: number64(table, i + 8),
        address: number64(table, i + 16),
        fileSize: number64(table, i + 32),
      })
    }
    return found
  }

  private sections(head: Buffer): Section[] {
    const [at, size, count] = [number64(head, 40), head.readUInt16LE(58), head.readUInt16LE(60)]
    if (at === 0) return []
    const table = this.octets(at, size * count)
    return Array.from({ length: count }, (_, i) => ({
      type: table.readUInt32LE(i * size + 4),
      offset: number64(table, i * size + 24),
      size: number64(table, i * size + 32),
      link: table.readUInt32LE(i * size + 40),
    }))
  }

  private needed(dynamic: Section, sections: readonly Section[]): string[] {
    const strings = this.section(sections[dynamic.link])
    const table = this.section(dynamic)
    const names: string[] = []
    for (let i = 0; i + 16 <= table.length; i += 16) {
      if (number64(table, i) === DT_NEEDED) names.push(textAt(strings, number64(table, i + 8)))
    }
    return names
  }

  private symbols(table: Section, sections: readonly Section[]): ElfSymbol[] {
    const strings = this.section(sections[table.link])
    const octets = this.section(table)
    const found: ElfSymbol[] = []
    for (let i = SYMBOL_SIZE; i + SYMBOL_SIZE <= octets.length; i += SYMBOL_SIZE) {
      const name = textAt(strings, octets.readUInt32LE(i))
      if (name === '') continue
      found.push({
        name,
        value: number64(octets, i + 8),
        size: number64(octets, i + 16),
        defined: octets.readUInt16LE(i + 6) !== 0,
        isFunction: ((octets[i + 4] as number) & 15) === STT_FUNC,
      })
    }
    return found
  }

  private section(section: Section | undefined): Buffer {
    return section === undefined ? Buffer.alloc(0) : this.octets(section.offset, section.size)
  }

  private octets(at: number, length: number): Buffer {
    if (length > MAX_TABLE) throw new RangeError('too large')
    const octets = Buffer.alloc(length)
    if (readSync(this.fd, octets, 0, length, at) !== length) throw new RangeError('cut off')
    return octets
  }
}

const number64 = (octets: Buffer, at: number) => Number(octets.readBigUInt64LE(at))

function textAt(strings: Buffer, at: number): string {
  const end = strings.indexOf(0, at)
  return strings.toString('utf8', at, end === -1 ? strings.length : end)
}
