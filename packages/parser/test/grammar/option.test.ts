import { describe, expect, it } from 'vitest'
import { bare, script, upstream } from '../support/parse.js'

const options = (block: string) => bare(script(`${block}\n0 a() = 0\n`).options)

describe('the option block', () => {
  it.each([
    ['--a', { name: 'a', value: null }],
    ['--a=5', { name: 'a', value: '5' }],
    ['--a=007', { name: 'a', value: '007' }],
    ['--a=-5', { name: 'a', value: '-5' }],
    ['--a = word', { name: 'a', value: 'word' }],
    ['--a="12.5"', { name: 'a', value: '12.5' }],
    ['--a="x\\n\\"y"', { name: 'a', value: 'x\\n\\"y' }],
    ['--a=192.0.2.1', { name: 'a', value: '192.0.2.1' }],
    ['--a=2001:DB8::1', { name: 'a', value: '2001:DB8::1' }],
    ['--ip_version=ipv4', { name: 'ip_version', value: 'ipv4' }],
    ['--ip_version=ipv6', { name: 'ip_version', value: 'ipv6' }],
    ['--define=A=B', { name: 'define', value: 'A=B' }],
    ['--define=A="x y"', { name: 'define', value: 'A="x y"' }],
    ['--define=A=`x`', { name: 'define', value: 'A=`x`' }],
    ['--define="A=5"', { name: 'define', value: 'A=5' }],
  ])('takes %s', (block, expected) => {
    expect(options(block)).toEqual([expected])
  })

  it('takes several on a line, and repetitions', () => {
    expect(options('--a --b=1 --a=2')).toEqual([
      { name: 'a', value: null },
      { name: 'b', value: '1' },
      { name: 'a', value: '2' },
    ])
  })

  it.each([
    ['--a= ]', ']'],
    ['--a=0x5', '0x5'],
    ['--a=12.5', '12.5'],
    ['--a=mss', 'mss'],
    ['--a=`x`', '`x`'],
    ['--a=A=5', '5'],
    ['--a=A=mss', 'mss'],
    ['--a=/tmp', '/'],
  ])('refuses %s', (block, token) => {
    expect(upstream(`${block}\n0 a() = 0`)).toBe(`parse error at '${token}': syntax error`)
  })

  it('must come first', () => {
    expect(upstream('0 a() = 0\n--a')).toBe("parse error at '--a': syntax error")
    expect(upstream('`true` --a 0 a() = 0')).toBe("parse error at '--a': syntax error")
  })

  it('has spans from the dashes to the value', () => {
    expect(script('--a = 5 0 a() = 0').options[0]?.span).toEqual({ start: 0, end: 7 })
  })
})
