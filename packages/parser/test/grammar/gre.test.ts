import { describe, expect, it } from 'vitest'
import { bare, outer, upstream } from '../support/parse.js'

const none = { type: 'gre', flags: 0, sum: 0, off: 0, key: 0, seq: 0 }

describe('GRE headers', () => {
  it.each([
    ['gre:', none],
    ['GREv0:', none],
    ['gre flags 0x8000, sum 1, off 2, key 3, seq 4:', { ...none, flags: 0x8000, sum: 1, off: 2, key: 3, seq: 4 }],
    ['gre, Flags 0 sum 0x1 off 2 key = 0x3 seq 4:', { ...none, sum: 1, off: 2, key: 3, seq: 4 }],
    ['gre flags [none] sum 0 off 0 key 0 seq 0:', none],
    [
      'gre flags [checksum present, key present, sequence# present] sum 0 off 0 key 0 seq 0:',
      { ...none, flags: 0xb000 },
    ],
    ['gre flags 0 sum 65537 off -1 key 4294967297 seq -1:', { ...none, sum: 1, off: 0xffff, key: 1, seq: 0xffffffff }],
  ])('%s', (text, expected) => {
    expect(bare(outer(text))).toEqual(expected)
  })
  it.each([
    ['gre flags 0:', ':'],
    ['gre sum 0 off 0 key 0 seq 0:', 'sum'],
    ['gre,:', ':'],
    ['gre flags [] sum 0 off 0 key 0 seq 0:', ']'],
    ['gre flags [key] sum 0 off 0 key 0 seq 0:', ']'],
    ['gre flags [sequence present] sum 0 off 0 key 0 seq 0:', 'sequence'],
    ['gre flags 0 off 0 sum 0 key 0 seq 0:', 'off'],
  ])('refuses %s at %s', (text, token) => {
    expect(upstream(`0 > ${text} . 1:1(0)`)).toBe(`parse error at '${token}': syntax error`)
  })
  it.each(['0x4000', '0x1', '0x7'])('refuses the flags %s, for which upstream aborts', (flags) => {
    expect(upstream(`0 > gre flags ${flags} sum 0 off 0 key 0 seq 0: . 1:1(0)`)).toBe(
      `GRE flags ${flags} not supported`,
    )
  })
})
