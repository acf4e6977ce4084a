import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Channel, StackEntry } from '../../src/host/layout.js'
import { Watchdog } from '../../src/run/watchdog.js'

let words: Int32Array
let hangs: (readonly [entry: string, seconds: number])[]
let watchdog: Watchdog

const inStack = (entry: number) => Atomics.store(words, Channel.inStack >> 2, entry)
const beat = () => Atomics.add(words, Channel.heartbeat >> 2, 1)

beforeEach(() => {
  vi.useFakeTimers()
  const channel = new SharedArrayBuffer(Channel.rings)
  words = new Int32Array(channel)
  hangs = []
  watchdog = new Watchdog(channel, 5, (...hang) => hangs.push(hang))
})

afterEach(() => {
  watchdog.stop()
  vi.useRealTimers()
})

describe('the watchdog', () => {
  it('sees a stack that does not come back, once', () => {
    inStack(StackEntry.call)
    vi.advanceTimersByTime(5000)
    expect(hangs).toEqual([])
    vi.advanceTimersByTime(60_000)
    expect(hangs).toEqual([['call', 5]])
  })

  it('leaves alone a stack that is called again and again', () => {
    inStack(StackEntry.poll)
    for (let i = 0; i < 100; i++) {
      beat()
      vi.advanceTimersByTime(4000)
    }
    expect(hangs).toEqual([])
  })

  it('leaves alone a host that waits outside of the stack, for however long', () => {
    vi.advanceTimersByTime(60_000)
    inStack(StackEntry.poll)
    vi.advanceTimersByTime(4500)
    inStack(StackEntry.none)
    vi.advanceTimersByTime(60_000)
    expect(hangs).toEqual([])
  })

  it.each([
    [2, [['poll', 2]]],
    [60, [['poll', 60]]],
    [0, []],
  ])('waits for %i s where it is told to', (patienceS, seen) => {
    watchdog.stop()
    watchdog = new Watchdog(words.buffer as SharedArrayBuffer, patienceS, (...hang) => hangs.push(hang))
    inStack(StackEntry.poll)
    vi.advanceTimersByTime(patienceS * 1000)
    expect(hangs).toEqual([])
    vi.advanceTimersByTime(600_000)
    expect(hangs).toEqual(seen)
  })

  it('is silent after it was stopped', () => {
    inStack(StackEntry.init)
    watchdog.stop()
    vi.advanceTimersByTime(60_000)
    expect(hangs).toEqual([])
  })
})
