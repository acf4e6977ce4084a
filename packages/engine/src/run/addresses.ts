// The addresses of a run, from its options: what stands where nothing was said, and what cannot be.
// Read first: language/4-running.md 3.4.
import { randomInt } from 'node:crypto'
import {
  addressBits,
  addressText,
  type Family,
  type IpAddress,
  mapped,
  parseAddress,
  sameAddress,
} from '../wire/address.js'
import { u32 } from '../wire/octets.js'
import { OptionError } from './options.js'
import type { RunOptions } from './types.js'

/** All of the family on the wire. */
export interface Addresses {
  readonly localIp: IpAddress
  readonly prefixLength: number
  readonly gatewayIp: IpAddress
  readonly remoteIp: IpAddress
  readonly remotePrefixLength: number
}

const defaults = {
  ipv4: { remote: '192.0.2.1/24', network: '192.168.0.0', gateway: '192.168.0.1' },
  ipv6: { remote: '2001:DB8::1/32', network: 'fd3d:fa7b:d17d::', gateway: 'fd3d:fa7b:d17d:8888::' },
} as const
const PREFIX_V6 = 48

/** What packets have: with mapped addresses only the sockets are IPv6. */
export const wireFamily = ({ ipVersion }: Pick<RunOptions, 'ipVersion'>): Family =>
  ipVersion === 'ipv6' ? 'ipv6' : 'ipv4'

/** An address as sockets of the run have it. */
export const socketIp = (address: IpAddress, { ipVersion }: RunOptions): IpAddress =>
  ipVersion === 'ipv4-mapped-ipv6' ? mapped(address) : address

/**
 * `steady`: where no local address was given, the same each time (virtual time promises the same trace), else a random
 * one of the network, as upstream takes it. OptionError, upstream's: `bad IPv4 address: x`, `bad prefix length in prefix 'x'`.
 */
export function addressesOf(options: RunOptions, steady: boolean): Addresses {
  const family = wireFamily(options)
  const { network, gateway, remote } = defaults[family]
  // In upstream's order: it tells the first that is bad.
  const given = options.localIp === null ? null : address(options.localIp, family)
  const prefixLength = family === 'ipv6' ? PREFIX_V6 : leadingOnes(address(options.netmaskIp, 'ipv4'))
  const localIp = given ?? localIn(address(network, family), prefixLength, steady)
  const [remoteIp, remotePrefixLength] = prefix(options.remoteIp ?? remote, family)
  const gatewayIp = address(options.gatewayIp ?? gateway, family)
  return { localIp, prefixLength, gatewayIp, remoteIp, remotePrefixLength }
}

function address(text: string, family: Family): IpAddress {
  const parsed = parseAddress(text, family)
  if (parsed === null) throw new OptionError(`bad ${family === 'ipv4' ? 'IPv4' : 'IPv6'} address: ${text}`)
  return parsed
}

/** `ADDRESS` or `ADDRESS/LENGTH`; no digits behind the slash are 0, as C's strtol has it. */
function prefix(text: string, family: Family): [ip: IpAddress, length: number] {
  const [, ip = '', digits] = /^([^/]*)(?:\/(.*))?$/s.exec(text) ?? []
  const parsed = address(ip, family)
  const bits = addressBits(family)
  const length = digits === undefined ? bits : /^\s*[-+]?\d*$/.test(digits) ? Number(digits) : Number.NaN
  if (!(length >= 0 && length <= bits)) throw new OptionError(`bad prefix length in prefix '${text}'`)
  return [parsed, length]
}

const leadingOnes = (mask: IpAddress) => Math.clz32(~u32(mask, 0) >>> 0)

/** A host of the network: in its last 32 bits, and none that is special there. */
function localIn(network: IpAddress, prefixLength: number, steady: boolean): IpAddress {
  const ipv6 = network.length === 16
  const last = ipv6 ? 0xffffffff : 2 ** (32 - prefixLength) - 1
  // IPv4: neither the network's own address, nor its first (the gateway), nor its broadcast address.
  const least = ipv6 ? 1 : 2
  if (last <= least) return network
  const host = steady ? 2 : randomInt(least, last)
  const local = network.slice()
  const at = local.length - 4
  new DataView(local.buffer).setUint32(at, (u32(local, at) | host) >>> 0)
  return local
}

/** A next hop that is not the stack's own address: userspace stacks need another machine there. */
export function distinctGateway({ gatewayIp, localIp }: Addresses): string {
  if (!sameAddress(gatewayIp, localIp)) return addressText(gatewayIp)
  const other = localIp.slice()
  const last = other.length - 1
  other[last] = (other[last] as number) ^ 1
  return addressText(other)
}
