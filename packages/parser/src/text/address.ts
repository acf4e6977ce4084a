// Whether a text is a good address, by the rules of the C functions that upstream asks.
// Read first: inet_pton(3), inet(3), RFC 4291 2.2.

/** inet_pton for AF_INET: four decimal octets without leading zeros. */
export function isIpv4(text: string): boolean {
  return /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(text)
}

/** inet_pton for AF_INET6: groups of up to four hex digits, one gap at most, dotted IPv4 at the end allowed; no zone. */
export function isIpv6(text: string): boolean {
  let groups = 8
  let rest = text
  const colon = text.lastIndexOf(':')
  if (text.includes('.')) {
    if (colon === -1 || !isIpv4(text.slice(colon + 1))) return false
    groups = 6
    rest = text.slice(0, colon)
    // The colon before the dotted part belongs to a gap when two stand there.
    if (rest.endsWith(':')) rest += ':'
  }
  const halves = rest.split('::')
  if (halves.length > 2) return false
  let count = 0
  for (const half of halves) {
    if (half === '') continue
    for (const group of half.split(':')) {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return false
      count++
    }
  }
  // glibc takes a gap that stands for no group at all as an error, and so a full address with a gap too.
  return halves.length === 2 ? count < groups : count === groups
}

/** C's inet_addr: one to four numbers, decimal, octal or hex, the last one filling what is left of 32 bits. */
export function isInetAddr(text: string): boolean {
  const parts = text.split('.')
  if (parts.length > 4) return false
  return parts.every((part, index) => {
    const value = partValue(part)
    if (value === null) return false
    const last = index === parts.length - 1
    return value <= (last ? 2 ** (8 * (5 - parts.length)) - 1 : 255)
  })
}

function partValue(part: string): number | null {
  if (/^0[xX][0-9a-fA-F]+$/.test(part)) return Number.parseInt(part.slice(2), 16)
  if (/^0[0-7]*$/.test(part)) return Number.parseInt(part, 8)
  return /^[1-9]\d*$/.test(part) ? Number(part) : null
}
