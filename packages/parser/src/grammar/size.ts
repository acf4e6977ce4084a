// Sizes of the innermost IP header, which no script writes out.

/** Upstream's limit: one more than the length field can say. */
export const MAX_IP_PACKET = 65536

/** Octets, without options or extension headers. */
export function ipHeaderLength(family: 'ipv4' | 'ipv6'): number {
  return family === 'ipv4' ? 20 : 40
}
