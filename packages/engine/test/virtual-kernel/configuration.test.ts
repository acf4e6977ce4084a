import { describe, expect, it } from 'vitest'
import { configuration, droppedLines, kconfigWithHz, missingSymbols } from '../../src/virtual-kernel/configuration.js'

describe('a configuration', () => {
  it('has time travel, exact timers and 250 ticks a second', () => {
    const { text, hz, needed } = configuration([])
    expect(text).toContain('CONFIG_UML_TIME_TRAVEL_SUPPORT=y\n')
    expect(text).not.toContain('KASAN')
    expect(hz).toBe(250)
    expect(missingSymbols(text, needed)).toEqual([])
  })

  it('ends with the user’s lines, and takes the tick from them', () => {
    const { text, hz } = configuration(['lockdep'], '# mine\nCONFIG_HZ=1000\nCONFIG_TLS=y\n# CONFIG_VETH is not set\n')
    expect(hz).toBe(1000)
    expect(text).toContain('CONFIG_PROVE_LOCKING=y\n')
    expect(text).toMatch(/# mine\nCONFIG_TLS=y\n# CONFIG_VETH is not set\n+$/)
  })

  it.each([
    ['CONFIG_TLS y', 'line 1 of the configuration is none: CONFIG_TLS y'],
    ['\n\nTLS=y', 'line 3 of the configuration is none: TLS=y'],
    ['CONFIG_HZ=5', 'CONFIG_HZ=5 is no tick rate'],
  ])('refuses %j', (fragment, message) => {
    expect(() => configuration([], fragment)).toThrow(message)
  })

  it('needs what a check is called for', () => {
    const { needed } = configuration(['kasan'])
    expect(missingSymbols('CONFIG_TUN=y\n# CONFIG_KASAN is not set\n', needed)).toContain('KASAN')
  })
})

it('puts its tick before the tree’s own, whose title must stay first', () => {
  expect(kconfigWithHz('# SPDX\nmainmenu "Linux"\nsource "x"\n', 250)).toBe(
    '# SPDX\nmainmenu "Linux"\n\nconfig HZ\n\tint\n\tdefault 250\n\nsource "x"\n',
  )
})

describe('of the user’s lines, dropped are', () => {
  const config = 'CONFIG_TLS=y\n# CONFIG_VETH is not set\nCONFIG_SHIFT=14\nCONFIG_NAME="a b"\n'

  it.each([
    ['those that are not there', 'CONFIG_VEGAS=y', true],
    ['those with another value', 'CONFIG_SHIFT=15', true],
    ['those that are on nevertheless', '# CONFIG_TLS is not set', true],
    ['those that are on nevertheless, by n', 'CONFIG_TLS=n', true],
    ['not those that are as they say', 'CONFIG_TLS=y', false],
    ['not modules that became part of the kernel', 'CONFIG_TLS=m', false],
    ['not values', 'CONFIG_SHIFT=14', false],
    ['not texts', 'CONFIG_NAME="a b"', false],
    ['not what is off', '# CONFIG_VETH is not set', false],
    ['not comments', '# CONFIG_ is a prefix', false],
  ])('%s', (_what, line, dropped) => {
    expect(droppedLines(config, [line])).toEqual(dropped ? [line] : [])
  })
})
