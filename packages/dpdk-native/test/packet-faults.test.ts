// Faults of packets on their way, by what the stack answers: a SYN to a port that nobody listens on gives a RST, so that each
// packet, and each answer, is known by its port. Read first: docs/interference.md.
import { describe, expect, it } from 'vitest'
import { SYN, tcp } from '../../../test/support/segment.js'
import { codeOf, missing, openBench } from './support/host.js'

const RX = 1
const TX = 2
const FIRST = 40_000

const named = missing ? `faults of packets (skipped: ${missing})` : 'faults of packets'

type Fields = Parameters<ReturnType<typeof openBench>['interfere']>[1]

/** A run whose packets are numbers from 0 on. */
const numbered = (overrides: Parameters<typeof openBench>[0] = {}) => {
  const bench = openBench(overrides)
  const { inject, advance, sniffed } = bench
  /** Packets `from` to `to`, all at once. */
  const send = (from: number, to: number) => {
    for (let i = from; i <= to; i++) inject(tcp({ sourcePort: FIRST + i, flags: SYN, seq: 0 }))
  }
  /** The answers until `us`: number and time. */
  const answers = (us = 60e6) => {
    advance(us)
    const all: [number: number, atUs: number][] = []
    for (let next = sniffed(); next !== undefined; next = sniffed()) all.push([next.destinationPort - FIRST, next.atUs])
    return all
  }
  const numbers = () => answers().map(([number]) => number)
  return { ...bench, send, answers, numbers }
}

/** The numbers that are answered of `count` packets with this fault. */
const answered = (kind: 'drop' | 'duplicate' | 'reorder' | 'corrupt' | 'delay', fields: Fields, count = 6) => {
  const { interfere, send, numbers, close } = numbered()
  interfere(kind, fields)
  send(0, count - 1)
  const seen = numbers()
  expect(close()).toBe(0)
  return seen
}

describe.skipIf(missing)(named, () => {
  it.each([
    [{ direction: RX, count: 2 }, [2, 3, 4, 5]],
    [{ direction: TX, count: 2 }, [2, 3, 4, 5]],
    [{ direction: RX, skip: 1, count: 1 }, [0, 2, 3, 4, 5]],
    [{ direction: TX, skip: 4 }, [0, 1, 2, 3]],
    // Of both ways each packet counts: of 0 the way there, of 1 the way back.
    [{ direction: RX | TX, skip: 2, count: 1 }, [0, 2, 3, 4, 5]],
    [{}, []],
  ])('drop %j leaves %j', (fields, left) => {
    expect(answered('drop', fields)).toEqual(left)
  })

  it('the same seed loses the same packets, another one others, and about as many as it says', () => {
    const [first, again, other] = [7, 7, 8].map((seed) =>
      answered('drop', { direction: RX, probability: 0.3, seed }, 400),
    )
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
    expect(first?.length).toBeGreaterThan(230)
    expect(first?.length).toBeLessThan(330)
  })

  it('chance is the same on every machine', () => {
    // SplitMix64's first fractions of seed 1: 0.567, 0.746, 0.971, 0.444, 0.444, 0.763, 0.877, 0.523.
    expect(answered('drop', { direction: RX, probability: 0.5, seed: 1 }, 8)).toEqual([0, 1, 2, 5, 6, 7])
  })

  it('what is lost by chance is lost in bursts', () => {
    const left = answered('drop', { direction: RX, probability: 0.1, burst: 5, seed: 3 }, 400)
    const gaps = left.slice(1).map((number, i) => number - (left[i] as number) - 1)
    expect(gaps.some((gap) => gap >= 5)).toBe(true)
    expect(gaps.filter((gap) => gap % 5 !== 0)).toEqual([])
  })

  it('a time is the end of it, to the microsecond', () => {
    const { interfere, send, advance, answers, close } = numbered()
    interfere('drop', { timeUs: 1000 })
    send(0, 0)
    advance(999)
    send(1, 1)
    advance(1000)
    send(2, 2)
    expect(answers()).toEqual([[2, 1000]])
    expect(close()).toBe(0)
  })

  it.each([RX, TX])('duplicate makes copies, way %i', (direction) => {
    expect(answered('duplicate', { direction, skip: 1, count: 1, amount: 2 }, 3)).toEqual([0, 1, 1, 1, 2])
  })

  it.each([RX, TX])('reorder lets so many packets overtake, way %i', (direction) => {
    const fields = { direction, count: 1, limitUs: 1e6 }
    expect(answered('reorder', { ...fields, amount: 1 }, 4)).toEqual([1, 0, 2, 3])
    expect(answered('reorder', { ...fields, amount: 3 }, 4)).toEqual([1, 2, 3, 0])
    expect(answered('reorder', { ...fields, amount: 1, count: 2, burst: 2 }, 4)).toEqual([2, 0, 1, 3])
  })

  it('a packet that nothing overtakes goes on when it has waited', () => {
    const { interfere, send, answers, close } = numbered()
    interfere('reorder', { direction: RX, count: 1, amount: 2, limitUs: 500 })
    send(0, 1)
    expect(answers()).toEqual([
      [1, 0],
      [0, 500],
    ])
    expect(close()).toBe(0)
  })

  it('delay is virtual, both ways, and keeps the order', () => {
    const { interfere, send, answers, close } = numbered()
    interfere('delay', { amount: 3_600_000_000 })
    send(0, 2)
    expect(answers(10_000e6)).toEqual([0, 1, 2].map((number) => [number, 7_200_000_000]))
    expect(close()).toBe(0)
  })

  it('jitter delays by chance, so that packets overtake one another', () => {
    const run = (seed: number) => {
      const { interfere, send, answers, close } = numbered()
      interfere('delay', { direction: TX, amount: 1000, limitUs: 500, seed })
      send(0, 19)
      const seen = answers()
      expect(close()).toBe(0)
      return seen
    }
    const seen = run(1)
    expect(run(1)).toEqual(seen)
    expect(run(2)).not.toEqual(seen)
    expect(seen).toHaveLength(20)
    expect(seen.map(([number]) => number)).not.toEqual([...Array(20).keys()])
    for (const [, atUs] of seen) expect(atUs).toBeGreaterThanOrEqual(1000)
    for (const [, atUs] of seen) expect(atUs).toBeLessThanOrEqual(1500)
  })

  it('a delay in wall time is a delay', () => {
    const { interfere, start, host, send, client, packets, close } = numbered({ clock: 'wall' })
    start(0)
    interfere('delay', { direction: TX, amount: 20_000 })
    send(0, 0)
    const sentUs = client.timeUs
    const until = performance.now() + 10_000
    while (packets.length === 0 && performance.now() < until) {
      host.poll()
      while (client.next()) packets.push({ atUs: client.timeUs, octets: new Uint8Array(0) })
    }
    expect((packets[0]?.atUs ?? 0) - sentUs).toBeGreaterThanOrEqual(20_000)
    expect(close()).toBe(0)
  })

  it('a corrupted packet is thrown away by its checksum, whichever bit it is', () => {
    expect(answered('corrupt', { direction: RX, amount: -1 }, 400)).toEqual([])
    expect(answered('corrupt', { direction: TX, amount: -1 }, 1)).toEqual([])
  })

  it('with its checksums repaired it is taken for what it has become', () => {
    // The low octet of the source port, on the way there and on the way back (the destination's).
    expect(answered('corrupt', { direction: RX, amount: 21, mask: 1, repair: 1, count: 1 }, 3)).toEqual([1, 1, 2])
    expect(answered('corrupt', { direction: TX, amount: 23, mask: 3, repair: 1, count: 1 }, 3)).toEqual([3, 1, 2])
  })

  it('a packet that has no such octet is left alone', () => {
    expect(answered('corrupt', { direction: RX, amount: 40 }, 2)).toEqual([0, 1])
    expect(answered('corrupt', { direction: RX, amount: 39 }, 2)).toEqual([])
  })

  it('several act together, those that began first upon all', () => {
    const { interfere, send, answers, close } = numbered()
    interfere('drop', { direction: RX, skip: 1, count: 1 })
    interfere('duplicate', { direction: RX, skip: 1, count: 1, amount: 1 })
    interfere('delay', { direction: RX, skip: 1, count: 1, amount: 1000 })
    send(0, 3)
    // 1 is lost; of the others the second is doubled and late.
    expect(answers()).toEqual([
      [0, 0],
      [3, 0],
      [2, 1000],
      [2, 1000],
    ])
    expect(close()).toBe(0)
  })

  it('a delayed packet waits in the ring while polling is held', () => {
    const { interfere, send, hold, answers, close } = numbered()
    hold(5000)
    interfere('delay', { direction: RX, amount: 1000 })
    send(0, 0)
    interfere('rxring', { amount: 0, timeUs: 1000 })
    expect(answers()).toEqual([[0, 5000]])
    expect(close()).toBe(0)
  })

  it('too many at once are refused; clearfaults ends all, and lets go what is kept', () => {
    const { interfere, send, hold, answers, close } = numbered()
    interfere('delay', { direction: RX, amount: 1e6 })
    send(0, 1)
    for (let i = 0; i < 63; i++) interfere('drop', { direction: TX })
    expect(codeOf(() => interfere('drop', {}))).toBe('LD_ARGUMENT')
    interfere('linkdown', {})
    hold(1e6)
    interfere('clearfaults', {})
    send(2, 2)
    expect(answers().map(([number]) => number)).toEqual([0, 1, 2])
    // Those that are over make room.
    for (let i = 0; i < 200; i++) interfere('drop', { timeUs: 0 })
    expect(close()).toBe(0)
  })

  it('are gone with the run, and what is kept is no leak', () => {
    const { interfere, send, close } = numbered()
    interfere('delay', { amount: 1e6 })
    // More than can be kept.
    send(0, 599)
    expect(close()).toBe(0)
    expect(answered('drop', { count: 1, timeUs: 0 }, 2)).toEqual([0, 1])
  })
})
