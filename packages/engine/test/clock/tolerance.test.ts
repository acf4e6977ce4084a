import { describe, expect, it } from 'vitest'
import { type Due, seconds, timingError, toleranceUs, wideSeconds } from '../../src/clock/tolerance.js'

const usual = { usecs: 4000, percent: 12.5 }
const due = (kind: Due['kind'], us: number, endUs: number | null = null, offsetUs = 0): Due => ({
  kind,
  us,
  endUs,
  offsetUs,
})

describe('tolerance', () => {
  it('is the larger of microseconds and percent of the gap', () => {
    expect(toleranceUs(due('absolute', 300_000), null, usual)).toBe(4000)
    expect(toleranceUs(due('absolute', 300_000), 290_000, usual)).toBe(4000)
    expect(toleranceUs(due('absolute', 300_198), 178, usual)).toBe(37_502)
  })

  it('is inclusive on both sides', () => {
    const at = (actual: number) => timingError('outbound packet', due('absolute', 100_000), actual, 95_000, usual)
    expect(at(96_000)).toBeNull()
    expect(at(104_000)).toBeNull()
    expect(at(95_999)).toBe(
      'timing error: expected outbound packet at 0.100000 sec but happened at 0.095999 sec; tolerance 0.004000 sec',
    )
    expect(at(104_001)).not.toBeNull()
  })

  it('widens a range on both sides and does not name itself', () => {
    const at = (actual: number) =>
      timingError('outbound packet', due('absolute-range', 200_000, 300_000), actual, 199_000, usual)
    expect(at(196_000)).toBeNull()
    expect(at(304_000)).toBeNull()
    expect(at(100_128)).toBe(
      'timing error: expected outbound packet in time range 0.200000~0.300000 sec but happened at 0.100128 sec',
    )
  })

  it('counts a relative range from its offset', () => {
    const range = due('relative-range', 300_197, 400_197, 197)
    expect(timingError('outbound packet', range, 193, 197, usual)).toBe(
      'timing error: expected outbound packet in relative time range +0.300000~+0.400000 sec but happened at -0.000004 sec',
    )
  })

  it('takes any time for *', () => {
    expect(timingError('outbound packet', due('any', 0), 1e9, 0, usual)).toBeNull()
  })

  it('never shrinks below the microseconds, and is cut to whole ones', () => {
    expect(toleranceUs(due('absolute', 0), 1e6, usual)).toBe(4000)
    expect(toleranceUs(due('absolute', 250_520), 0, { usecs: 1, percent: 12.5 })).toBe(31_315)
    expect(toleranceUs(due('absolute', 100_007), 0, { usecs: 1, percent: 12.5 })).toBe(12_500)
    expect(toleranceUs(due('absolute', 1e6), 0, { usecs: 4000, percent: 0 })).toBe(4000)
  })

  it('of a range counts from its begin', () => {
    expect(toleranceUs(due('absolute-range', 100_000, 900_000), 0, usual)).toBe(12_500)
  })
})

describe('seconds', () => {
  it('have six decimals, and nine places where upstream has them', () => {
    expect([0, 1, -3, 1_500_000, 0.4, -0.4].map(seconds)).toEqual([
      '0.000000',
      '0.000001',
      '-0.000003',
      '1.500000',
      '0.000000',
      '0.000000',
    ])
    expect([244, -160, 12_345_678].map(wideSeconds)).toEqual([' 0.000244', '-0.000160', '12.345678'])
  })
})
