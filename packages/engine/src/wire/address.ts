// Addresses of both families: octets in network order, 4 of IPv4 or 16 of IPv6. Plain data, so that they cross threads.
// Read first: RFC 4291 2.2 and 2.5.5.2 (mapped addresses); RFC 5952 4 (text).
import { isIPv4, isIPv6 } from 'node:net'

export type Family = 'ipv4' | 'ipv6'

/** 4 or 16 octets; never changed. */
export type IpAddress = Uint8Array

/** Nobody's address: what stands where none is known yet. */
export const unspecified: Readonly<Record<Family, IpAddress>> = { ipv4: new Uint8Array(4), ipv6: new Uint8Array(16) }

export const familyOf = (address: IpAddress): Family => (address.length === 4 ? 'ipv4' : 'ipv6')
/** Bits of an address. */
export const addressBits = (family: Family) => (family === 'ipv4' ? 32 : 128)

/** Null where the text is no address of this family (inet_pton(3)). */
export function parseAddress(text: string, family: Family): IpAddress | null {
  if (family === 'ipv4') return isIPv4(text) ? Uint8Array.from(text.split('.'), Number) : null
  return isIPv6(text) && !text.includes('%') ? parseIpv6(text) : null
}

function parseIpv6(text: string): IpAddress {
  const address = new Uint8Array(16)
  const [head = '', tail] = text.split('::')
  const before = groupsOf(head)
  const after = tail === undefined ? [] : groupsOf(tail)
  address.set(before)
  address.set(after, 16 - after.length)
  return address
}

/** The octets of `1:2:…`, which may end in a dotted quad. */
function groupsOf(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number)
    const value = Number.parseInt(group, 16)
    return [value >>> 8, value & 255]
  })
}

/** As inet_ntop(3) writes it. */
export function addressText(address: IpAddress): string {
  if (address.length === 4) return address.join('.')
  const groups = Array.from({ length: 8 }, (_, i) => ((address[2 * i] as number) << 8) | (address[2 * i + 1] as number))
  const gap = longestZeros(groups)
  const dotted = gap.start === 0 && (gap.length === 6 || (gap.length === 5 && groups[5] === 0xffff))
  const words = groups.map((group) => group.toString(16))
  if (dotted) words.splice(6, 2, address.subarray(12).join('.'))
  if (gap.length < 2) return words.join(':')
  return `${words.slice(0, gap.start).join(':')}::${words.slice(gap.start + gap.length).join(':')}`
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: -1, length: 0 }
  for (let start = 0; start < groups.length; start++) {
    let end = start
    while (groups[end] === 0) end++
    if (end - start > best.length) best = { start, length: end - start }
  }
  return best
}

export function sameAddress(a: IpAddress, b: IpAddress): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** `::ffff:a.b.c.d` (RFC 4291 2.5.5.2). */
export function mapped(ipv4: IpAddress): IpAddress {
  const address = new Uint8Array(16)
  address.set([0xff, 0xff], 10)
  address.set(ipv4, 12)
  return address
}

/** The IPv4 address behind a mapped one; any other as it is. */
export function unmapped(address: IpAddress): IpAddress {
  const ipv4 = address.slice(12)
  return address.length === 16 && sameAddress(mapped(ipv4), address) ? ipv4 : address
}

/** The address with everything behind the prefix cleared. */
export function networkOf(address: IpAddress, prefixLength: number): IpAddress {
  return address.map((octet, i) => octet & (0xff00 >>> Math.min(8, Math.max(0, prefixLength - 8 * i))))
}
