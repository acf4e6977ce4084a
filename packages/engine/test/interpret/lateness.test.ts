import { describe, expect, it } from 'vitest'
import { nothingLacking } from '../../src/host/lacking.js'
import { latenesses } from '../../src/interpret/lateness.js'
import { Stamps } from '../../src/interpret/stamps.js'
import { schedule } from '../../src/schedule/schedule.js'
import { scriptOf } from '../support/play.js'

const tolerance = { usecs: 4000, percent: 12.5 }

/** Microseconds of one event; `due` is told where the script's time is relative. */
interface Happened {
  readonly picked?: number
  readonly due?: number
  readonly acted?: number
  readonly returned?: number
  readonly stalled?: number
  readonly freed?: number
  /** So far, when it was taken up. */
  readonly waited?: number
}

function judge(script: string, happened: readonly Happened[], sent: readonly number[] = [], waited = 0) {
  const events = schedule(scriptOf(script), { family: 'ipv4', lacking: nothingLacking })
  const stamps = new Stamps(events.length)
  happened.forEach(({ picked, due, acted, returned, stalled, freed, waited }, i) => {
    stamps.pickedUs[i] = picked ?? Number.NaN
    stamps.dueUs[i] = due ?? events[i]?.time.us ?? Number.NaN
    stamps.actedUs[i] = acted ?? Number.NaN
    stamps.returnedUs[i] = returned ?? Number.NaN
    stamps.stalledUs[i] = stalled ?? 0
    stamps.freedUs[i] = freed ?? Number.NaN
    stamps.waitedUs[i] = waited ?? 0
  })
  stamps.waitedUs[happened.length] = waited
  for (const us of sent) stamps.packet(us)
  return latenesses(events, stamps, happened.length - 1, tolerance)
}

const S = 'S 0:0(0) win 9'
const SA = 'S. 0:0(0) ack 1'

describe('a tester in time', () => {
  it('is never blamed for a stack that is late', () => {
    // The answer comes 50 ms late; what follows is late by that, and by nothing of our own.
    const script = `0 < ${S}\n+0 > ${SA}\n+.01 < . 1:1(0) ack 1 win 9\n0.02 > . 1:1(0) ack 1\n`
    const happened = [
      { picked: 0, acted: 10 },
      { picked: 60, due: 60, acted: 50_000, returned: 50_040 },
      { picked: 50_050, due: 60_050, acted: 60_052 },
      { picked: 60_100, acted: 60_080 },
    ]
    expect(judge(script, happened)).toEqual([])
  })

  it('is not blamed for a call that took long', () => {
    const script = '0 socket(..., SOCK_STREAM, 6) = 3\n+0 close(3) = 0\n0.01 socket(..., SOCK_STREAM, 6) = 4\n'
    const happened = [
      { picked: 0, acted: 5, returned: 9 },
      { picked: 20, due: 20, acted: 25, returned: 80_000 },
      { picked: 80_020, acted: 80_030, returned: 80_040 },
    ]
    expect(judge(script, happened)).toEqual([])
  })

  it('is not blamed for having waited for a blocking call', () => {
    const script = '0 socket(..., SOCK_STREAM, 6) = 3\n0.01 close(3) = 0\n'
    expect(
      judge(script, [
        { picked: 0, acted: 1, returned: 2 },
        { picked: 5, acted: 90_010, freed: 90_000 },
      ]),
    ).toEqual([])
  })

  it('is not blamed for what it always needs', () => {
    const lines = Array.from({ length: 40 }, () => '+0 `true`\n').join('')
    const happened = Array.from({ length: 41 }, (_, i) => ({
      picked: i * 400,
      due: i * 400,
      acted: i * 400 + 100,
      returned: i * 400 + 120,
    }))
    expect(judge(`0 \`true\`\n${lines}`, happened)).toEqual([])
  })
})

describe('a late tester', () => {
  it('is told from half of the tolerance on', () => {
    const at = (late: number) =>
      judge(`0 < ${S}\n0.01 < ${S}\n`, [
        { picked: 0, acted: 5 },
        { picked: 20, acted: 10_000 + late },
      ])
    expect(at(2000)).toEqual([])
    expect(at(2001)).toEqual([
      { line: 2, dueUs: 10_000, actedUs: 12_001, limitUs: 2000, reason: 'half of its tolerance' },
    ])
  })

  it('is told where it wakes up late behind a packet, which shifts all relative times', () => {
    const script = `0 < ${S}\n+0 > ${SA}\n+.2 > ${SA}\n`
    const happened = (woke: number) => [
      { picked: 0, acted: 10 },
      { picked: 50, due: 50, acted: 80, returned: 80 + woke },
      { picked: 80 + woke, due: 200_080 + woke },
    ]
    expect(judge(script, happened(100))).toEqual([])
    // A gap of 0.2 s allows 25 ms.
    expect(judge(script, happened(12_000))).toEqual([])
    expect(judge(script, happened(14_000))).toMatchObject([{ line: 3, dueUs: 80, actedUs: 14_080 }])
  })

  it('is told where the stack’s timer came before it', () => {
    const script = `0 < ${S}\n0.199 < ${S}\n`
    const happened = [
      { picked: 0, acted: 10 },
      { picked: 30, acted: 199_900 },
    ]
    expect(judge(script, happened)).toEqual([])
    expect(judge(script, happened, [50, 199_700])).toEqual([
      { line: 2, dueUs: 199_000, actedUs: 199_900, limitUs: 700, reason: 'a packet of the stack' },
    ])
    // Not by a packet that came before the event was due, nor where it was in time.
    expect(judge(script, happened, [198_900, 199_901])).toEqual([])
    expect(
      judge(
        script,
        [
          { picked: 0, acted: 10 },
          { picked: 30, acted: 199_400 },
        ],
        [199_300],
      ),
    ).toEqual([])
  })

  it('is not told where the stack only answers to what came before', () => {
    const script = `0 < ${S}\n0.001 < ${S}\n0.005 < ${S}\n`
    const at = (sent: number) =>
      judge(
        script,
        [
          { picked: 0, acted: 10 },
          { picked: 30, acted: 1010 },
          { picked: 1100, acted: 6000 },
        ],
        [sent],
      )
    expect(at(5500)).toMatchObject([{ line: 3, reason: 'a packet of the stack' }])
    const late = [
      { picked: 0, acted: 10 },
      { picked: 30, acted: 2600 },
    ]
    expect(judge(`0 < ${S}\n0.001 < ${S}\n`, late, [1500])).toEqual([])
  })

  it('is told where many small delays have added up', () => {
    const lines = Array.from({ length: 5 }, () => '+.001 `true`\n').join('')
    let freeUs = 0
    const happened = Array.from({ length: 6 }, (_, i) => {
      const picked = freeUs + 10
      const due = i === 0 ? 0 : picked + 1000
      freeUs = due + 1490
      return { picked, due, acted: freeUs, returned: freeUs }
    })
    expect(judge(`0 \`true\`\n${lines}`, happened)).toMatchObject([{ line: 6, reason: 'with those before' }])
  })

  it('is told where its host waited for a processor', () => {
    const at = (waited: number) =>
      judge(
        `0 < ${S}\n+0 > ${SA}\n`,
        [
          { picked: 0, acted: 10, waited: 500 },
          { picked: 50, due: 50, acted: 20_000, returned: 20_040, waited: 500 },
        ],
        [],
        500 + waited,
      )
    expect(at(1900)).toEqual([])
    expect(at(3000)).toEqual([{ line: 2, dueUs: 10, actedUs: 3050, limitUs: 2000, reason: 'half of its tolerance' }])
  })

  it('is told where others kept a command from its processor', () => {
    const script = '0 `slow`\n0.01 `true`\n'
    const at = (stalled: number) =>
      judge(script, [
        { picked: 0, acted: 0, returned: 30_000, stalled },
        { picked: 30_010, acted: 30_010 },
      ])
    expect(at(0)).toEqual([])
    expect(at(25_000)).toMatchObject([{ line: 2, dueUs: 10_000, actedUs: 30_010 }])
  })
})
