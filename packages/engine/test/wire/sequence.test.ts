import fc from 'fast-check'
import { expect, it } from 'vitest'
import { add32, subtract32 } from '../../src/wire/sequence.js'

const u32 = fc.integer({ min: 0, max: 0xffff_ffff })

it('sequence numbers wrap at 2^32', () => {
  expect(add32(0xffff_ffff, 2)).toBe(1)
  expect(subtract32(1, 2)).toBe(0xffff_ffff)
})

it('what is added is taken away again', () => {
  fc.assert(
    fc.property(u32, u32, (a, b) => {
      expect(subtract32(add32(a, b), b)).toBe(a)
      expect(add32(a, b)).toBeGreaterThanOrEqual(0)
    }),
  )
})
