import { describe, expect, it } from 'vitest'
import { faultNames, faults } from '../../src/fault/faults.js'
import { faultOrder, isProblem, parameterValue } from '../../src/fault/value.js'

const { time } = faults.pollinghang.parameters
const { size } = faults.rxring.parameters

describe('a duration', () => {
  it.each([
    ['10', 10_000],
    ['10ms', 10_000],
    ['10us', 10],
    ['2s', 2_000_000],
    ['1.5s', 1_500_000],
    ['.5s', 500_000],
    ['0.001', 1],
    ['86400s', 86_400_000_000],
  ])('%s is %i us', (text, us) => {
    expect(parameterValue(time, text)).toBe(us)
  })

  it.each(['', '0', '-1', '10m', '10 ms', 'ms', '1e3', '0x10', '86401s', '0.0001us', 'NaN', '10ms2', '.', '1.'])(
    '%j is none',
    (text) => {
      expect(parameterValue(time, text)).toBeUndefined()
    },
  )
})

it.each([
  ['0', 0],
  ['511', 511],
  ['512', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['', undefined],
  ['0x1', undefined],
])('%j as a whole number is %s', (text, value) => {
  expect(parameterValue(size, text)).toBe(value)
})

const http = (parameter: string, value: string) => `/x?${parameter}=${value}`

describe('an order', () => {
  it('has every parameter', () => {
    const order = faultOrder('rxring', [['size', '2']], http)
    expect(order).toEqual({
      name: 'rxring',
      values: new Map([
        ['size', 2],
        ['time', Number.POSITIVE_INFINITY],
      ]),
    })
  })

  it.each([
    [[['sise', '2']], 'sise', "rxring has no parameter 'sise'", 'did you mean size?'],
    [[['constructor', '2']], 'constructor', "rxring has no parameter 'constructor'", 'rxring has size, time'],
    [[['size', 'x']], 'size', "bad size 'x'", 'write /x?size=1; a whole number from 0 to 511'],
    [
      [
        ['size', '1'],
        ['size', '2'],
      ],
      'size',
      'size is given twice',
      'write /x?size=2',
    ],
  ] as const)('of %j is none', (given, name, message, hint) => {
    expect(faultOrder('rxring', given as never, http)).toEqual({ name, message, hint })
  })

  it('wants what has no fallback', () => {
    const order = faultOrder('pollinghang', [], http)
    expect(order).toEqual({
      name: null,
      message: "bad time ''",
      hint: 'write /x?time=10 for 10 ms, or 10us, 10ms, 2s; above 0, up to a day',
    })
  })
})

it('takes the sample of every parameter', () => {
  for (const name of faultNames) {
    const given = Object.entries(faults[name].parameters).map(([parameter, { sample }]) => [parameter, sample] as const)
    expect(isProblem(faultOrder(name, given, http)), name).toBe(false)
  }
})
