// Typed access to a call's evaluated arguments, with upstream's words for what does not fit. Before time 0.
// Read first: language/3-calls.md 1.2.
import { typeName, type Value, ValueError } from './evaluate.js'

export class Arguments {
  /** The argument that was asked for last: of a ValueError, the one that does not fit. null: none yet. */
  asked: number | null = null
  /**
   * Script descriptors in the order in which upstream looks them up: at the call's time it finds an unknown one before it
   * reads the arguments behind it.
   */
  readonly descriptors: number[] = []

  constructor(private readonly values: readonly Value[]) {}

  get length(): number {
    return this.values.length
  }

  count(expected: number): void {
    if (this.length !== expected) throw new ValueError(`Expected ${expected} args but got ${this.length}`)
  }

  at(index: number): Value {
    this.asked = index
    const value = this.values[index]
    if (value === undefined) throw new ValueError('Argument list too short')
    return value
  }

  s32(index: number): number {
    return s32(this.at(index))
  }

  s64(index: number): bigint {
    return s64(this.at(index))
  }

  /** A script descriptor, which must be open when the call is made. */
  fd(index: number): number {
    return this.descriptor(this.at(index))
  }

  descriptor(value: Value): number {
    const fd = s32(value)
    this.descriptors.push(fd)
    return fd
  }

  string(index: number): Uint8Array {
    const value = this.at(index)
    if (value.type !== 'string') throw badType(value, 'string')
    return value.octets
  }

  ellipsis(index: number): void {
    const value = this.at(index)
    if (value.type !== 'ellipsis') throw badType(value, 'ellipsis')
  }

  isEllipsis(index: number): boolean {
    return this.at(index).type === 'ellipsis'
  }

  list(index: number): readonly Value[] {
    const value = this.at(index)
    if (value.type !== 'list') throw badType(value, 'list')
    return value.elements
  }

  /** `[N]`. */
  bracketed(index: number): number {
    return s32(single(this.list(index)))
  }

  bracketed64(index: number): bigint {
    return s64(single(this.list(index)))
  }

  /** `...`, or NULL (true). */
  nullBuffer(index: number): boolean {
    const value = this.at(index)
    if (value.type === 'ellipsis') return false
    if (value.type === 'integer' && value.value === 0n) return true
    throw new ValueError('Expected ... or NULL for buffer')
  }

  /** A count of octets. */
  size(index: number): number {
    return notNegative(this.s32(index))
  }
}

/** The members of a structure of this kind. */
export function structOf(value: Value, kind: string): ReadonlyMap<string, Value> {
  if (value.type !== 'struct' || value.kind !== kind) throw badType(value, kind)
  return value.fields
}

export function badType(value: Value | { readonly type: 'word' }, expected: string): ValueError {
  const actual = value.type === 'word' ? value.type : typeName(value)
  return new ValueError(`Bad type; actual: ${actual} expected: ${expected}`)
}

/** Signed 32 bits; unsigned readings (up to 2^32 - 1) wrap. */
export function s32(value: Value): number {
  if (value.type !== 'integer') throw badType(value, 'integer')
  if (value.value < -(2n ** 31n) || value.value >= 2n ** 32n) {
    throw new ValueError(`Value out of range for 32-bit integer: ${value.value}`)
  }
  return Number(BigInt.asIntN(32, value.value))
}

export function s64(value: Value): bigint {
  if (value.type !== 'integer') throw badType(value, 'integer')
  return value.value
}

/** Where C's char is signed, as on x86: -128 to 255. */
export function s8(value: Value): number {
  const number = s64(value)
  if (number < -128n || number > 255n) throw new ValueError(`Value out of range for 8-bit integer: ${number}`)
  return Number(BigInt.asUintN(8, number))
}

/** The one element of a bracketed value. */
export function single(elements: readonly Value[]): Value {
  const [element] = elements
  if (element === undefined || elements.length > 1)
    throw new ValueError('Expected [<element>] but got multiple elements')
  return element
}

/** A count of octets, which upstream's allocation would fail for where it is negative. */
export function notNegative(count: number): number {
  if (count < 0) throw new ValueError(`the count is negative: ${count}`, 'counts are 0 or more')
  return count
}

/** A member that the grammar demands. */
export function field(fields: ReadonlyMap<string, Value>, name: string): number {
  return s32(member(fields, name))
}

export function member(fields: ReadonlyMap<string, Value>, name: string): Value {
  const value = fields.get(name)
  if (value === undefined) throw new Error(`the parser gives no member ${name}`)
  return value
}
