// What a defined name turns into (`-D NAME=VALUE`): the only macro feature of the language. The value is not read
// again, so `mss`, `1.5` and `A|B` each stay one word.

export type Replacement =
  | { readonly kind: 'word' | 'string' | 'backtick'; readonly text: string }
  | { readonly kind: 'integer'; readonly value: bigint }

const LONG_MAX = (1n << 63n) - 1n
const LONG_MIN = -(1n << 63n)

/** C's strtol with base 0 over the whole text, or null. Empty text is 0; the two limits mean overflow and do not count. */
function wholeInteger(text: string): bigint | null {
  if (text === '') return 0n
  const match = /^[ \t\n\v\f\r]*([+-]?)(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*))$/.exec(text)
  if (match === null) return null
  const [, sign, hex, octal, decimal] = match
  let value: bigint
  if (hex !== undefined) value = BigInt(`0x${hex}`)
  else if (octal !== undefined) value = octal === '0' ? 0n : BigInt(`0o${octal}`)
  else value = BigInt(decimal ?? '0')
  if (sign === '-') value = -value
  return value > LONG_MIN && value < LONG_MAX ? value : null
}

export function replacementOf(value: string): Replacement {
  if (value.startsWith('"')) return { kind: 'string', text: value.slice(1, -1) }
  if (value.startsWith('`')) return { kind: 'backtick', text: value.slice(1, -1) }
  const integer = wholeInteger(value)
  return integer === null ? { kind: 'word', text: value } : { kind: 'integer', value: integer }
}

/** Null when nothing is defined, so that the scanner need not ask word by word. */
export function replacements(defines: ReadonlyMap<string, string>): ReadonlyMap<string, Replacement> | null {
  if (defines.size === 0) return null
  const map = new Map<string, Replacement>()
  for (const [name, value] of defines) map.set(name, replacementOf(value))
  return map
}
