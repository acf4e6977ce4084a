// Classes of ASCII characters as one table of bits: one load and one mask per character on the scanner's path.

export const DIGIT = 1
export const HEX_DIGIT = 2
/** A letter, a digit or an underscore. */
export const WORD_CHARACTER = 4

export const CLASS = new Uint8Array(128)

for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code)
  let bits = 0
  if (/[0-9]/.test(character)) bits |= DIGIT
  if (/[0-9a-fA-F]/.test(character)) bits |= HEX_DIGIT
  if (/[0-9A-Za-z_]/.test(character)) bits |= WORD_CHARACTER
  CLASS[code] = bits
}

/** False beyond ASCII and for NaN, which charCodeAt gives behind the end. */
export function isIn(mask: number, code: number): boolean {
  return code < 128 && ((CLASS[code] as number) & mask) !== 0
}
