// Escapes of strings, decoded when an expression is evaluated and not before: `--dry_run` does not see their errors.
// Upstream turns `\\` and `\"` into a form feed (a missing break); here they give the character itself.

const SIMPLE: ReadonlyMap<string, number> = new Map([
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
  ['f', 12],
  ['\\', 92],
  ['"', 34],
])

/** The octets of a string literal's raw text; characters above ASCII as UTF-8, `\xHH` as that octet. */
export function decodeString(raw: string): { readonly bytes: Uint8Array } | { readonly error: string } {
  // No character of UTF-16 takes more than three octets.
  const bytes = new Uint8Array(raw.length * 3)
  let length = 0
  for (let at = 0; at < raw.length; ) {
    const code = raw.charCodeAt(at)
    if (code === 92) {
      const letter = raw.charAt(at + 1)
      const simple = SIMPLE.get(letter)
      if (simple !== undefined) {
        bytes[length++] = simple
        at += 2
      } else if (letter === 'x') {
        const digits = raw.slice(at + 2, at + 4)
        if (!/^[0-9a-fA-F]{2}$/.test(digits)) return { error: `invalid hex escape (\\xhh): '${raw.slice(at)}'` }
        bytes[length++] = Number.parseInt(digits, 16)
        at += 4
      } else return { error: `unsupported escape code: '${letter}'` }
    } else {
      const point = raw.codePointAt(at) as number
      length = putUtf8(bytes, length, point)
      at += point > 0xffff ? 2 : 1
    }
  }
  return { bytes: bytes.slice(0, length) }
}

/** Writes one character and returns the new length; half of a surrogate pair becomes U+FFFD. */
function putUtf8(bytes: Uint8Array, length: number, point: number): number {
  let end = length
  const character = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point
  if (character < 0x80) {
    bytes[end++] = character
  } else if (character < 0x800) {
    bytes[end++] = 0xc0 | (character >> 6)
    bytes[end++] = 0x80 | (character & 0x3f)
  } else if (character < 0x10000) {
    bytes[end++] = 0xe0 | (character >> 12)
    bytes[end++] = 0x80 | ((character >> 6) & 0x3f)
    bytes[end++] = 0x80 | (character & 0x3f)
  } else {
    bytes[end++] = 0xf0 | (character >> 18)
    bytes[end++] = 0x80 | ((character >> 12) & 0x3f)
    bytes[end++] = 0x80 | ((character >> 6) & 0x3f)
    bytes[end++] = 0x80 | (character & 0x3f)
  }
  return end
}
