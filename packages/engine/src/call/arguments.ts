// Typed access to a call's evaluated arguments, with upstream's words for what does not fit. Before time 0.
// Read first: language/3-calls.md 1.2.
import { typeName, type Value, ValueError } from './evaluate.js'

export class Arguments {
  /** The argument that was asked for last: of a ValueError, the one that does not fit. null: none yet. */
  asked: number | null = null

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
    const elements = this.list(index)
    if (elements.length !== 1) throw new ValueError('Expected [<element>] but got multiple elements')
    return s32(elements[0] as Value)
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

  struct(value: Value, kind: string): ReadonlyMap<string, Value> {
    if (value.type !== 'struct' || value.kind !== kind) throw badType(value, kind)
    return value.fields
  }
}

export function badType(value: Value, expected: string): ValueError {
  return new ValueError(`Bad type; actual: ${typeName(value)} expected: ${expected}`)
}

/** Signed 32 bits; unsigned readings (up to 2^32 - 1) wrap. */
export function s32(value: Value): number {
  if (value.type !== 'integer') throw badType(value, 'integer')
  if (value.value < -(2n ** 31n) || value.value >= 2n ** 32n) {
    throw new ValueError(`Value out of range for 32-bit integer: ${value.value}`)
  }
  return Number(BigInt.asIntN(32, value.value))
}

/** A count of octets, which upstream's allocation would fail for where it is negative. */
export function notNegative(count: number): number {
  if (count < 0) throw new ValueError(`the count is negative: ${count}`, 'counts are 0 or more')
  return count
}

/** A member that the grammar demands. */
export function field(fields: ReadonlyMap<string, Value>, name: string): number {
  const value = fields.get(name)
  if (value === undefined) throw new Error(`the parser gives no member ${name}`)
  return s32(value)
}
