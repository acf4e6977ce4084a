import { describe, expect, it } from 'vitest'
import { packet, upstream } from '../support/parse.js'

const base = { check: 'none', tos: 0, flowLabel: 0, ttl: 255 }

describe('ip-info', () => {
  it('is null when not written', () => {
    expect(packet('> . 1:1(0)').ip).toBeNull()
  })
  it.each([
    ['[noecn]', { check: 'ecn', tos: 0 }],
    ['[ect1]', { check: 'ecn', tos: 1 }],
    ['[ect0]', { check: 'ecn', tos: 2 }],
    ['[ce]', { check: 'ecn', tos: 3 }],
    ['[ect01]', { check: 'ect01' }],
    ['(tos 0xff)', { check: 'tos', tos: 255 }],
    ['[flowlabel 0xfffff]', { flowLabel: 0xfffff }],
    ['(tos 0x1, flowlabel 0x2)', { check: 'tos', tos: 1, flowLabel: 2 }],
    ['[ect0, flowlabel 0x2]', { check: 'ecn', tos: 2, flowLabel: 2 }],
    ['[ttl 5]', { ttl: 5 }],
    ['[ttl 0]', { ttl: 255 }],
    ['[ttl 255]', { ttl: 255 }],
    ['[ttl 256]', { ttl: 255 }],
    ['[ttl 300]', { ttl: 44 }],
    ['[ttl -1]', { ttl: 255 }],
  ])('%s', (text, expected) => {
    expect(packet(`> ${text} . 1:1(0)`).ip).toEqual({ ...base, ...expected, span: { start: 4, end: 4 + text.length } })
  })
  it.each([
    ['[tos 5]', '5'],
    ['[ttl 0x5]', '0x5'],
    ['[flowlabel 5]', '5'],
    ['[flowlabel 0x5, tos 0x4]', ','],
    ['[ttl 5, ect0]', ','],
    ['[ect0, ttl 5]', 'ttl'],
    ['[ect0 flowlabel 0x1]', 'flowlabel'],
    ['[ect0)', ')'],
    ['(ect0]', ']'],
    ['[]', ']'],
    ['[ect2]', 'ect2'],
  ])('refuses %s at %s', (text, token) => {
    expect(upstream(`0 > ${text} . 1:1(0)`)).toBe(`parse error at '${token}': syntax error`)
  })
  it('refuses what does not fit', () => {
    expect(upstream('0 > [tos 0x100] . 1:1(0)')).toBe('tos out of range for 8 bits')
    expect(upstream('0 > [flowlabel 0x100000] . 1:1(0)')).toBe('flowlabel out of range for 20 bits')
    expect(upstream('0 > [tos 0xffffffffffffffffff] . 1:1(0)')).toBe('tos out of range for 8 bits')
  })
  it('takes no define for a hexadecimal number', () => {
    expect(upstream('0 > [tos X] . 1:1(0)', { defines: new Map([['X', '0x4']]) })).toBe(
      "parse error at 'X': syntax error",
    )
  })
})
