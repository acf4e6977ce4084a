import { describe, expect, it } from 'vitest'
import { nothingLacking } from '../../src/host/lacking.js'
import { refuseFaults, ScheduleError, schedule } from '../../src/schedule/schedule.js'
import { Problem } from '../../src/trace/problem.js'
import { declaring } from '../support/declaring.js'
import { scriptOf } from '../support/play.js'

const KERNEL = { family: 'ipv4', lacking: nothingLacking } as const

describe('a schedule', () => {
  it('has each event ready, with its time as written', () => {
    const events = schedule(
      scriptOf(
        '0 socket(..., SOCK_STREAM, 6) = 3\n+.1...0.25 close(3) = 0\n* > . 1:1(0) ack 1\n1 `true`\n+0 %{ x }%\n',
      ),
      KERNEL,
    )
    expect(events.map(({ source, time, action }) => [source.line, time.kind, time.us, action.type])).toEqual([
      [1, 'absolute', 0, 'call'],
      [2, 'relative', 100_000, 'call'],
      [3, 'any', 0, 'packet'],
      [4, 'absolute', 1_000_000, 'command'],
      [5, 'relative', 0, 'code'],
    ])
    expect(events.map(({ action }) => ('returnUs' in action ? action.returnUs : undefined))).toEqual([
      null,
      250_000,
      undefined,
      undefined,
      undefined,
    ])
  })

  it('keeps a call that cannot be made for its time', () => {
    const [event] = schedule(scriptOf('0 nosuch() = 0\n'), KERNEL)
    expect(event?.action).toMatchObject({ type: 'call', call: expect.any(Problem) })
  })

  it.each([
    ['0 `true`\n0 < icmp unreachable\n', 'ICMP errors at its sockets'],
    ['0 `true`\n0 allocfail(count=1)\n', 'allocation failures on demand'],
  ])('is refused where the stack cannot run an event', (text, words) => {
    const failed = (() => {
      try {
        return schedule(scriptOf(text), { family: 'ipv4', lacking: declaring('TCP') })
      } catch (error) {
        return error
      }
    })()
    expect(failed).toBeInstanceOf(ScheduleError)
    expect(failed).toMatchObject({
      event: { line: 2 },
      problem: { verdict: 'skip', code: 'LD_UNSUPPORTED', message: `skipped: stack lacks ${words}` },
    })
  })

  it('has faults, which a stack that is not ours refuses', () => {
    const script = scriptOf('0 `true`\n+0 rxring(size=3)\n')
    expect(schedule(script, KERNEL)[1]?.action).toMatchObject({ type: 'fault', order: { name: 'rxring' } })
    let refused: unknown
    try {
      refuseFaults(script)
    } catch (error) {
      refused = error
    }
    expect(refused).toBeInstanceOf(ScheduleError)
    expect(refused).toMatchObject({
      event: { line: 2 },
      problem: { verdict: 'skip', message: 'skipped: needs a userspace stack: the fault rxring' },
    })
    expect(() => refuseFaults(scriptOf('0 `true`\n'))).not.toThrow()
  })
})
