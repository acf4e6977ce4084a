import { describe, expect, it } from 'vitest'
import { type Addresses, addressesOf, distinctGateway } from '../../src/run/addresses.js'
import { freshOptions } from '../../src/run/options.js'
import type { RunOptions } from '../../src/run/types.js'
import { ipv4Text } from '../../src/wire/ipv4.js'

const addresses = (change: Partial<RunOptions>, steady = true) => addressesOf({ ...freshOptions(), ...change }, steady)

describe('addresses', () => {
  it('are upstream’s where none are given', () => {
    const { localIp, gatewayIp, remoteIp, ...lengths } = addresses({})
    expect([localIp, gatewayIp, remoteIp].map(ipv4Text)).toEqual(['192.168.0.2', '192.168.0.1', '192.0.2.1'])
    expect(lengths).toEqual({ prefixLength: 16, remotePrefixLength: 24 })
  })

  it.each([
    ['255.255.255.255', 32],
    ['255.255.255.252', 30],
    ['255.0.255.0', 8],
    ['0.0.0.0', 0],
  ])('have the leading ones of the mask as prefix: %s', (netmaskIp, length) => {
    expect(addresses({ netmaskIp }).prefixLength).toBe(length)
  })

  it.each([
    ['255.255.0.0', 0xc0a8_0000],
    ['255.255.255.252', 0xc0a8_0000],
    ['255.0.0.0', 0xc0a8_0000],
  ])('are random under the mask %s, but no network’s, gateway’s or broadcast address', (netmaskIp, base) => {
    const hosts = ~addressNumber(netmaskIp) >>> 0
    for (let i = 0; i < 200; i++) {
      const { localIp } = addresses({ netmaskIp }, false)
      expect(((localIp ^ base) & ~hosts) >>> 0).toBe(0)
      expect(localIp).not.toBe(base)
      expect(localIp).not.toBe(base + 1)
      expect((localIp & hosts) >>> 0).not.toBe(hosts)
    }
  })

  it('are the network’s own where the mask leaves no room', () => {
    expect(ipv4Text(addresses({ netmaskIp: '255.255.255.254' }, false).localIp)).toBe('192.168.0.0')
  })

  it.each<[Partial<RunOptions>, string]>([
    [{ localIp: '192.168.0' }, 'bad IPv4 address: 192.168.0'],
    [{ remoteIp: '192.0.2.256' }, 'bad IPv4 address: 192.0.2.256'],
    [{ gatewayIp: '::1' }, 'bad IPv4 address: ::1'],
    [{ netmaskIp: '' }, 'bad IPv4 address: '],
    [{ remotePrefixLength: 33 }, "bad prefix length in prefix '192.0.2.1/33'"],
    [{ remotePrefixLength: -1 }, "bad prefix length in prefix '192.0.2.1/-1'"],
  ])('%j are refused', (change, message) => {
    expect(() => addresses(change)).toThrow(message)
  })
})

describe('the gateway of a userspace stack', () => {
  const gateway = (localIp: number, gatewayIp: number) => distinctGateway({ localIp, gatewayIp } as Addresses)

  it('is another machine than the stack', () => {
    expect(gateway(0xc0a8_0001, 0xc0a8_0009)).toBe('192.168.0.9')
    expect(gateway(0xc0a8_0001, 0xc0a8_0001)).toBe('192.168.0.0')
    expect(gateway(0xc0a8_0002, 0xc0a8_0002)).toBe('192.168.0.3')
  })
})

const addressNumber = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
