// The Internet checksum. Interpreter thread, timed phase included: allocates nothing.
// Read first: RFC 1071; RFC 9293 3.1 and RFC 8200 8.1 for the pseudo-headers.

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

/**
 * Checksum of what follows an IP header: octets[start, end), of protocol number `protocol`, under a pseudo-header.
 * octets[addresses, addressesEnd) are its source and destination addresses: 8 octets in IPv4 (RFC 9293 3.1), 32 in IPv6
 * (RFC 8200 8.1); the sum of the other fields is the same in both.
 */
export function transportChecksum(
  octets: Uint8Array,
  addresses: number,
  addressesEnd: number,
  start: number,
  end: number,
  protocol: number,
): number {
  const pseudo = addWords(octets, addresses, addressesEnd, protocol + (end - start))
  return fold(addWords(octets, start, end, pseudo))
}
