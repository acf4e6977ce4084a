// struct sockaddr_in and sockaddr_in6: ports and addresses as system calls take and give them.
// Read first: ip(7), ipv6(7); language/3-calls.md 5.
import type { Peer } from '../flow/flow-table.js'
import { type IpAddress, unmapped } from '../wire/address.js'

export const AF_INET = 2
export const AF_INET6 = 10

/** Offsets in octets: the port and either address. */
const At = { family: 0, port: 2, ipv4: 4, ipv6: 8 } as const
const SIZE = { [AF_INET]: 16, [AF_INET6]: 28 } as const

/** 16 octets of IPv4, 28 of IPv6 (flow information and scope 0). */
export function socketAddress(ip: IpAddress, port: number): Uint8Array {
  const family = ip.length === 4 ? AF_INET : AF_INET6
  const octets = new Uint8Array(SIZE[family])
  const view = new DataView(octets.buffer)
  view.setUint16(At.family, family, true)
  view.setUint16(At.port, port)
  octets.set(ip, family === AF_INET ? At.ipv4 : At.ipv6)
  return octets
}

/** Mapped addresses come out as IPv4. Null where it is no address of either family. */
export function readSocketAddress(octets: Uint8Array): Peer | null {
  if (octets.length < SIZE[AF_INET]) return null
  const view = new DataView(octets.buffer, octets.byteOffset)
  const family = view.getUint16(At.family, true)
  const port = view.getUint16(At.port)
  if (family === AF_INET) return { ip: octets.slice(At.ipv4, At.ipv4 + 4), port }
  if (family !== AF_INET6 || octets.length < SIZE[AF_INET6]) return null
  return { ip: unmapped(octets.slice(At.ipv6, At.ipv6 + 16)), port }
}
