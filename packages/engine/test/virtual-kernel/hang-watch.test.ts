import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type Hang, HangWatch } from '../../src/virtual-kernel/hang-watch.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** What a watch with a patience of 3 s says of a guest that is `after(seconds)` at each moment; null: nothing in 100 s. */
async function watched(after: (s: number) => { progress: number; kernelS: number; programsS: number }) {
  const started = Date.now()
  const now = () => after((Date.now() - started) / 1000)
  const watch = new HangWatch(() => now().progress, now, 3)
  let hang: Hang | null = null
  let atS = 0
  void watch.hung.then((seen) => {
    hang = seen
    atS = (Date.now() - started) / 1000
  })
  await vi.advanceTimersByTimeAsync(100_000)
  watch.stop()
  return hang === null ? null : { ...(hang as Hang), atS }
}

it('a kernel that alone computes hangs after its patience', async () => {
  const hang = await watched((s) => ({ progress: 1, kernelS: s, programsS: 7 }))
  expect(hang).toEqual({ who: 'kernel', cpuS: 3, atS: 3.5 })
})

it('a kernel that serves a computing program does not', async () => {
  expect(await watched((s) => ({ progress: 1, kernelS: s * 0.2, programsS: s * 0.05 }))).toBeNull()
})

it('a program that computes hangs after ten times that', async () => {
  const hang = await watched((s) => ({ progress: 1, kernelS: s * 0.2, programsS: s * 0.8 }))
  expect(hang).toEqual({ who: 'program', cpuS: 30, atS: 30.5 })
})

it('a kernel that loops after a program has computed hangs its patience later', async () => {
  const hang = await watched((s) => ({ progress: 1, kernelS: s, programsS: Math.min(s, 10) }))
  expect(hang).toEqual({ who: 'kernel', cpuS: 3, atS: 13.5 })
})

it('what comes further does not hang, however much it computes', async () => {
  expect(await watched((s) => ({ progress: Math.floor(s), kernelS: s * 1.5, programsS: 0 }))).toBeNull()
})

it('what computes nothing does not hang', async () => {
  expect(await watched(() => ({ progress: 1, kernelS: 5, programsS: 5 }))).toBeNull()
})
