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

it.each([
  ['0.1', 0.1],
  ['1', 1],
  ['.5', 0.5],
  ['0', undefined],
  ['0.0', undefined],
  ['1.01', undefined],
  ['10%', undefined],
  ['1s', undefined],
])('%j as a probability is %s', (text, value) => {
  expect(parameterValue(faults.drop.parameters.probability, text)).toBe(value)
})

it.each([
  ['rx', 1],
  ['tx', 2],
  ['both', 3],
  ['3', undefined],
  ['constructor', undefined],
])('%j as a direction is %s', (text, value) => {
  expect(parameterValue(faults.drop.parameters.direction, text)).toBe(value)
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

  it('of the faults of packets has the same choice of them', () => {
    const { direction, skip, count, probability, burst, seed, time } = faults.drop.parameters
    const choice = { direction, skip, count, probability, burst, seed, time }
    for (const name of ['drop', 'duplicate', 'reorder', 'corrupt', 'delay'] as const) {
      expect(faults[name].parameters).toMatchObject(choice)
    }
    expect(faultOrder('corrupt', [['direction', 'tx']], http)).toEqual({
      name: 'corrupt',
      values: new Map(
        Object.entries({
          direction: 2,
          skip: 0,
          count: Number.POSITIVE_INFINITY,
          probability: 1,
          burst: 1,
          seed: 1,
          time: Number.POSITIVE_INFINITY,
          offset: -1,
          mask: 0,
          repair: 0,
        }),
      ),
    })
  })

  it.each([
    ['direction', 'up', 'write /x?direction=rx (to the stack), tx (from it) or both'],
    ['probability', '2', 'write /x?probability=0.1; above 0, up to 1'],
    ['seed', '-1', 'write /x?seed=1; a whole number from 0 to 4294967295'],
  ])('with %s=%s is none', (parameter, text, hint) => {
    const message = `bad ${parameter} '${text}'`
    expect(faultOrder('drop', [[parameter, text]], http)).toEqual({ name: parameter, message, hint })
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
