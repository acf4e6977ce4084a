import { describe, expect, it } from 'vitest'
import { firstFamily, hostFamily } from '../../src/run/host-family.js'

describe('the family of a machine', () => {
  it.each([
    ['192.0.2.1      STREAM vm\n192.0.2.1      DGRAM\n2001:db8::1    STREAM\n', 'ipv4'],
    ['2001:db8::1    STREAM vm\n192.0.2.1      STREAM\n', 'ipv6'],
    ['', 'ipv4'],
  ])('is that of the first address of its name: %j', (answer, family) => {
    expect(firstFamily(answer)).toBe(family)
  })

  it('is always known', () => {
    expect(['ipv4', 'ipv6']).toContain(hostFamily())
  })
})
