import { describe, expect, it } from 'vitest'
import { faultNames } from '../../src/fault/faults.js'
import { formatScript } from '../../src/format/format-script.js'
import { bare, event, placeOf, refusal, script } from '../support/parse.js'

describe('faults', () => {
  it.each([
    ['0 linkup()', 'linkup', {}],
    ['0 pollinghang(time=200ms)', 'pollinghang', { time: 200_000 }],
    ['0 pollinghang(time=1.5s)', 'pollinghang', { time: 1_500_000 }],
    ['0 pollinghang( time = .5s )', 'pollinghang', { time: 500_000 }],
    ['+.1 rxring(size=2, time=10)', 'rxring', { size: 2, time: 10_000 }],
    ['+.1 rxring()', 'rxring', { size: 0, time: Number.POSITIVE_INFINITY }],
    [
      '+.1 drop(direction=tx, skip=2, count=1, probability=.5, burst=3, seed=7, time=2s)',
      'drop',
      { direction: 2, skip: 2, count: 1, probability: 0.5, burst: 3, seed: 7, time: 2_000_000 },
    ],
    ['+.1 clearfaults()', 'clearfaults', {}],
  ])('%s', (text, name, values) => {
    expect(bare(event(`${text}\n`).action)).toEqual({ type: 'fault', name, values })
  })

  it('know where they stand', () => {
    const { action } = event('+0 rxring(size=2)\n')
    expect(action).toMatchObject({ span: { start: 3, end: 17 }, nameSpan: { start: 3, end: 9 } })
  })

  it('take what is defined', () => {
    const defines = new Map([
      ['HELD', '200ms'],
      ['ROOM', '3'],
    ])
    const { events } = script('0 pollinghang(time=HELD)\n0 rxring(size=ROOM)\n', { defines })
    expect(events.map(({ action }) => action.type === 'fault' && [...action.values.values()][0])).toEqual([200_000, 3])
  })

  it('with a result are calls, as for upstream', () => {
    expect(event('0 linkdown(3, f(1)) = 0\n'.replace('f(1)', '{..., 1}')).action).toMatchObject({ type: 'call' })
    expect(event('0 linkup()\n  = -1 EPERM (no)\n').action).toMatchObject({ type: 'call' })
    expect(event('0...1 linkup() = 0\n').action).toMatchObject({ type: 'call' })
  })

  it('are followed by anything', () => {
    const { events } = script('0 linkdown()\n+0 linkup()\n+0 < S 0:0(0) win 5\n+0 linkdown()\n+0 `true`\n')
    expect(events.map(({ action }) => action.type)).toEqual(['fault', 'fault', 'packet', 'fault', 'command'])
  })

  it.each([
    ['0 linkdown(', '1:12-12', "expected a parameter's name, found the end of the script", null],
    ['0 linkdown(5)', '1:12-13', "expected a parameter's name, found the number 5", null],
    ['0 linkdown(time 5)', '1:17-18', "expected '=' and the parameter's value, found the number 5", null],
    [
      '0 rxring(size="2")',
      '1:15-18',
      'expected the parameter\'s value, found the string "2"',
      'Values are numbers and words: count=2, probability=0.1, time=1.5s.',
    ],
    [
      '0 pollinghang(time=1 s)',
      '1:22-23',
      "expected ',' or ')' after the parameter, found 's'",
      'Parameters are separated by commas.',
    ],
    [
      '0 polinghang(time=1)\n',
      '1:21-21',
      "expected '=' and the result of the call, found the end of the script",
      "Did you mean 'pollinghang'?",
    ],
    ['0 pollinghang(tim=1)\n', '1:15-18', "pollinghang has no parameter 'tim'", 'did you mean time?'],
    ['0 rxring(size=1, size=2)\n', '1:18-22', 'size is given twice of rxring', 'write rxring(size=2)'],
    [
      '0 pollinghang(time=0)\n',
      '1:20-21',
      "bad time '0' of pollinghang",
      'write pollinghang(time=10) for 10 ms, or 10us, 10ms, 2s; above 0, up to a day',
    ],
    [
      '0 pollinghang()\n',
      '1:3-14',
      "bad time '' of pollinghang",
      'write pollinghang(time=10) for 10 ms, or 10us, 10ms, 2s; above 0, up to a day',
    ],
    [
      '0~1 linkup()\n',
      '1:1-4',
      'a time range (A~B) can only be used with outbound packets (>)',
      'A call that blocks until a later time is written 0...0.1 call().',
    ],
  ])('%s is refused', (text, place, message, hint) => {
    const diagnostic = refusal(text)
    expect([placeOf(diagnostic), diagnostic.message, diagnostic.hint]).toEqual([place, message, hint])
  })

  it('are put into the usual form', () => {
    const text = '0 pollinghang ( time=1.5s )\n+0 rxring(size = 2,time=10)\n'
    expect(formatScript(text)).toMatchObject({
      text: '    0 pollinghang(time=1.5s)\n   +0 rxring(size=2, time=10)\n',
    })
  })

  it('have names that no keyword is', () => {
    for (const name of faultNames) expect(event(`0 ${name}() = 0\n`).action).toMatchObject({ type: 'call', name })
  })
})
