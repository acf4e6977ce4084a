// The Internet checksum. Interpreter thread, timed phase included: allocates nothing.
// Read first: RFC 1071; RFC 9293 3.1 for TCP's pseudo-header.

/** Adds the 16-bit big-endian words of octets[start, end) to `sum`; an odd last octet is padded with zero. */
export function addWords(octets: Uint8Array, start: number, end: number, sum: number): number {
  let total = sum
  let at = start
  for (; at + 1 < end; at += 2) total += ((octets[at] as number) << 8) | (octets[at + 1] as number)
  if (at < end) total += (octets[at] as number) << 8
  return total
}

/** The ones' complement of a sum of words, folded to 16 bits. A sum of up to 2^53 is exact. */
export function fold(sum: number): number {
  let folded = sum
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000)
  return ~folded & 0xffff
}

/** Checksum of an IPv4 header of `length` octets at `start`; the field itself must be zero (or the answer is 0 if valid). */
export function ipv4Checksum(octets: Uint8Array, start: number, length: number): number {
  return fold(addWords(octets, start, start + length, 0))
}

/**
 * Checksum of what follows an IPv4 header: octets[start, end), of protocol number `protocol`. `addresses` is where the
 * source address starts in the same array (RFC 9293 3.1: addresses, zero, protocol, length).
 */
export function transportChecksum(
  octets: Uint8Array,
  addresses: number,
  start: number,
  end: number,
  protocol: number,
): number {
  const pseudo = addWords(octets, addresses, addresses + 8, protocol + (end - start))
  return fold(addWords(octets, start, end, pseudo))
}
