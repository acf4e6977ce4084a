import { expect, it } from 'vitest'
import { durationUs } from '../../src/admin/duration.js'

it.each([
  ['10', 10_000],
  ['10ms', 10_000],
  ['10us', 10],
  ['2s', 2_000_000],
  ['1.5s', 1_500_000],
  ['0.001', 1],
  ['86400s', 86_400_000_000],
])('%s is %i us', (text, us) => {
  expect(durationUs(text)).toBe(us)
})

it.each(['', '0', '-1', '10m', '10 ms', 'ms', '1e3', '0x10', '86401s', '0.0001us', 'NaN', '10ms2'])(
  '%j is no duration',
  (text) => {
    expect(durationUs(text)).toBeUndefined()
  },
)
