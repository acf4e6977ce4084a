import { describe, expect, it } from 'vitest'
import { Turns } from '../../src/run/turns.js'

/** Runs that begin and end as they are told, and who is going on. */
function stage(slots: number) {
  const turns = new Turns(slots)
  const going: string[] = []
  const ends = new Map<string, () => void>()
  const ask = (name: string, alone = false, weight = 0) =>
    void turns.take(alone, weight).then((slot) => {
      going.push(name)
      ends.set(name, () => {
        going.splice(going.indexOf(name), 1)
        turns.done(slot)
      })
    })
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
  const end = async (name: string) => {
    ends.get(name)?.()
    await settled()
  }
  return { going, ask, end, settled }
}

describe('turns', () => {
  it('of one slot come in the order of asking, whatever they weigh', async () => {
    const { going, ask, end, settled } = stage(1)
    ask('a', false, 1)
    ask('b', false, 9)
    await settled()
    expect(going).toEqual(['a'])
    await end('a')
    expect(going).toEqual(['b'])
  })

  it('of several slots go on side by side, a heavy one and a light one by turns', async () => {
    const { going, ask, end, settled } = stage(2)
    for (const [name, weight] of [
      ['a', 1],
      ['b', 3],
      ['c', 2],
      ['d', 4],
    ] as const)
      ask(name, false, weight)
    await settled()
    expect(going).toEqual(['d', 'a'])
    await end('a')
    expect(going).toEqual(['d', 'c'])
    await end('d')
    expect(going).toEqual(['c', 'b'])
  })

  it('that must be alone come when no other waits or goes on, one by one', async () => {
    const { going, ask, end, settled } = stage(3)
    ask('alone', true, 99)
    ask('too', true, 98)
    ask('a')
    ask('b')
    await settled()
    expect(going).toEqual(['a', 'b'])
    await end('a')
    expect(going).toEqual(['b'])
    await end('b')
    expect(going).toEqual(['alone'])
    ask('late')
    await settled()
    expect(going).toEqual(['alone'])
    await end('alone')
    expect(going).toEqual(['late'])
    await end('late')
    expect(going).toEqual(['too'])
  })
})
