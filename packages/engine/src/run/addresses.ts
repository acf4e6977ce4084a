// The addresses of a run, from its options: what stands where nothing was said, and what cannot be.
// Read first: language/4-running.md 3.4.
import { randomInt } from 'node:crypto'
import { ipv4Text, parseIpv4Address } from '../wire/ipv4.js'
import { OptionError } from './options.js'
import type { RunOptions } from './types.js'

/** IPv4 addresses as 32-bit numbers in host order. */
export interface Addresses {
  readonly localIp: number
  readonly prefixLength: number
  readonly gatewayIp: number
  readonly remoteIp: number
  readonly remotePrefixLength: number
}

const DEFAULT_NETWORK = '192.168.0.0'

/**
 * `steady`: where no local address was given, the same each time (virtual time promises the same trace), else a random
 * one of the network, as upstream takes it. OptionError, upstream's: `bad IPv4 address: x`, `bad prefix length in prefix 'x'`.
 */
export function addressesOf(options: RunOptions, steady: boolean): Addresses {
  const { remoteIp, remotePrefixLength } = options
  if (remotePrefixLength < 0 || remotePrefixLength > 32) {
    throw new OptionError(`bad prefix length in prefix '${remoteIp}/${remotePrefixLength}'`)
  }
  const mask = address(options.netmaskIp)
  const prefixLength = Math.clz32(~mask >>> 0)
  const localIp = options.localIp === null ? defaultLocal(prefixLength, steady) : address(options.localIp)
  return {
    localIp,
    prefixLength,
    gatewayIp: address(options.gatewayIp),
    remoteIp: address(remoteIp),
    remotePrefixLength,
  }
}

function address(text: string): number {
  const parsed = parseIpv4Address(text)
  if (parsed === null) throw new OptionError(`bad IPv4 address: ${text}`)
  return parsed
}

/** Never the network's own address, its first (the gateway) or its broadcast address. */
function defaultLocal(prefixLength: number, steady: boolean): number {
  const network = address(DEFAULT_NETWORK)
  const last = 2 ** (32 - prefixLength) - 1
  if (last < 3) return network
  return (network | (steady ? 2 : randomInt(2, last))) >>> 0
}

/** A next hop that is not the stack's own address: userspace stacks need another machine there. */
export function distinctGateway({ gatewayIp, localIp }: Addresses): string {
  if (gatewayIp !== localIp) return ipv4Text(gatewayIp)
  return ipv4Text((localIp & 1) === 0 ? localIp + 1 : localIp - 1)
}
