// Exact integers beyond what a double holds. The language's integers are signed 64 bit and saturate silently.

const MAX = (1n << 63n) - 1n
const MIN = -(1n << 63n)

/** The value of a decimal or `0x` literal, kept within 64 bits. */
export function saturated(literal: string): bigint {
  // Longer than any number that fits: converting it would take time and memory, for nothing.
  if (literal.length > 64) {
    const digits = literal.replace(/^-?(0x)?0*/i, '')
    if (digits.length > 20) return literal.startsWith('-') ? MIN : MAX
  }
  const value = literal.startsWith('-') ? -BigInt(literal.slice(1)) : BigInt(literal)
  if (value > MAX) return MAX
  return value < MIN ? MIN : value
}

/** The low `bits` of a number as C would cut it: fields that upstream does not check. */
export function lowBits(value: bigint, bits: number): number {
  return Number(BigInt.asUintN(bits, value))
}
