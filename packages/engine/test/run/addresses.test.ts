import { describe, expect, it } from 'vitest'
import { addressesOf, distinctGateway, socketIp, wireFamily } from '../../src/run/addresses.js'
import { freshOptions } from '../../src/run/options.js'
import type { RunOptions } from '../../src/run/types.js'
import { addressText, type IpAddress, parseAddress } from '../../src/wire/address.js'
import { u32 } from '../../src/wire/octets.js'

const ipv6 = { ipVersion: 'ipv6' } as const
const options = (change: Partial<RunOptions>) => ({ ...freshOptions(), ...change })
const addresses = (change: Partial<RunOptions>, steady = true) => addressesOf(options(change), steady)
const shown = (change: Partial<RunOptions>) => {
  const { localIp, prefixLength, gatewayIp, remoteIp, remotePrefixLength } = addresses(change)
  return `${addressText(localIp)}/${prefixLength} via ${addressText(gatewayIp)} to ${addressText(remoteIp)}/${remotePrefixLength}`
}

describe('addresses', () => {
  it('are upstream’s where none are given', () => {
    expect(shown({})).toBe('192.168.0.2/16 via 192.168.0.1 to 192.0.2.1/24')
    expect(shown({ ipVersion: 'ipv4-mapped-ipv6' })).toBe(shown({}))
    expect(shown(ipv6)).toBe('fd3d:fa7b:d17d::2/48 via fd3d:fa7b:d17d:8888:: to 2001:db8::1/32')
  })

  it.each([
    ['255.255.255.255', 32],
    ['255.255.255.252', 30],
    ['255.0.255.0', 8],
    ['0.0.0.0', 0],
  ])('have the leading ones of the mask as prefix: %s', (netmaskIp, length) => {
    expect(addresses({ netmaskIp }).prefixLength).toBe(length)
    expect(addresses({ netmaskIp, ...ipv6 }).prefixLength).toBe(48)
  })

  it.each(['255.255.0.0', '255.255.255.252', '255.0.0.0'])(
    'are random under the mask %s, but no network’s, gateway’s or broadcast address',
    (netmaskIp) => {
      const hosts = ~u32(parseAddress(netmaskIp, 'ipv4') as IpAddress, 0) >>> 0
      const base = 0xc0a8_0000
      for (let i = 0; i < 200; i++) {
        const localIp = u32(addresses({ netmaskIp }, false).localIp, 0)
        expect(((localIp ^ base) & ~hosts) >>> 0).toBe(0)
        expect(localIp).not.toBe(base)
        expect(localIp).not.toBe(base + 1)
        expect((localIp & hosts) >>> 0).not.toBe(hosts)
      }
    },
  )

  it('of IPv6 are random in their last 32 bits', () => {
    const seen = Array.from({ length: 20 }, () => addresses(ipv6, false).localIp)
    for (const localIp of seen) expect(addressText(localIp.slice(0, 12))).toBe(addressText(seen[0]!.slice(0, 12)))
    expect(new Set(seen.map(addressText)).size).toBeGreaterThan(15)
  })

  it('are the network’s own where the mask leaves no room', () => {
    expect(addressText(addresses({ netmaskIp: '255.255.255.254' }, false).localIp)).toBe('192.168.0.0')
  })

  it('of the tester carry the prefix of their route; none is the address alone', () => {
    expect(shown({ remoteIp: '192.0.2.9' })).toMatch('192.0.2.9/32')
    expect(shown({ remoteIp: '192.0.2.9/25' })).toMatch('192.0.2.9/25')
    expect(shown({ remoteIp: '2001:db8::9', ...ipv6 })).toMatch('2001:db8::9/128')
    expect(shown({ remoteIp: '2001:db8::9/64', ...ipv6 })).toMatch('2001:db8::9/64')
  })

  it.each<[Partial<RunOptions>, string]>([
    [{ localIp: '192.168.0' }, 'bad IPv4 address: 192.168.0'],
    [{ remoteIp: '192.0.2.256' }, 'bad IPv4 address: 192.0.2.256'],
    [{ remoteIp: '192.0.2.256/24' }, 'bad IPv4 address: 192.0.2.256'],
    [{ gatewayIp: '::1' }, 'bad IPv4 address: ::1'],
    [{ netmaskIp: '' }, 'bad IPv4 address: '],
    [{ remoteIp: '192.0.2.1/33' }, "bad prefix length in prefix '192.0.2.1/33'"],
    [{ remoteIp: '192.0.2.1/-1' }, "bad prefix length in prefix '192.0.2.1/-1'"],
    [{ localIp: '192.168.0.1', ...ipv6 }, 'bad IPv6 address: 192.168.0.1'],
    [{ gatewayIp: '192.168.0.1', ...ipv6 }, 'bad IPv6 address: 192.168.0.1'],
    [{ remoteIp: '2001:db8::1/129', ...ipv6 }, "bad prefix length in prefix '2001:db8::1/129'"],
    [{ localIp: '::1', ipVersion: 'ipv4-mapped-ipv6' }, 'bad IPv4 address: ::1'],
  ])('%j are refused', (change, message) => {
    expect(() => addresses(change)).toThrow(message)
  })
})

describe('a family', () => {
  it.each([
    ['ipv4', 'ipv4', '192.168.0.2'],
    ['ipv4-mapped-ipv6', 'ipv4', '::ffff:192.168.0.2'],
    ['ipv6', 'ipv6', 'fd3d:fa7b:d17d::2'],
  ] as const)('%s has %s packets and sockets of %s', (ipVersion, wire, socket) => {
    const given = options({ ipVersion })
    expect(wireFamily(given)).toBe(wire)
    expect(addressText(socketIp(addressesOf(given, true).localIp, given))).toBe(socket)
  })
})

describe('the gateway of a userspace stack', () => {
  const gateway = (localIp: string, gatewayIp: string) => distinctGateway(addresses({ localIp, gatewayIp }))

  it('is another machine than the stack', () => {
    expect(gateway('192.168.0.1', '192.168.0.9')).toBe('192.168.0.9')
    expect(gateway('192.168.0.1', '192.168.0.1')).toBe('192.168.0.0')
    expect(gateway('192.168.0.2', '192.168.0.2')).toBe('192.168.0.3')
  })
})
