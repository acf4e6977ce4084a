import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ClockOffset } from '../../src/remote/clock-offset.js'

it('knows nothing before the first exchange', () => {
  expect(new ClockOffset()).toMatchObject({ offsetUs: 0, uncertaintyUs: Number.POSITIVE_INFINITY })
})

it('takes the offset of the shortest round trip', () => {
  const clock = new ClockOffset()
  clock.add(0, 1500, 1000)
  clock.add(2000, 3060, 2100)
  clock.add(4000, 9000, 4500)
  expect(clock).toMatchObject({ offsetUs: 1010, uncertaintyUs: 50 })
})

it('is never further off than it says', () => {
  const delay = fc.double({ noNaN: true, min: 0, max: 1e5 })
  const exchange = fc.record({ there: delay, back: delay, at: fc.integer({ min: 0, max: 1e9 }) })
  fc.assert(
    fc.property(fc.integer({ min: -1e12, max: 1e12 }), fc.array(exchange, { minLength: 1 }), (offset, exchanges) => {
      const clock = new ClockOffset()
      for (const { there, back, at } of exchanges) clock.add(at, at + there + offset, at + there + back)
      expect(Math.abs(clock.offsetUs - offset)).toBeLessThanOrEqual(clock.uncertaintyUs + 0.01)
    }),
  )
})
