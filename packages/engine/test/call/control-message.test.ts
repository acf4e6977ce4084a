import type { CallAction } from '@lunadrill/parser'
import { describe, expect, it } from 'vitest'
import { compareControl, controlOctets } from '../../src/call/control-message.js'
import { evaluate, type Value } from '../../src/call/evaluate.js'
import { action } from '../support/calls.js'

const words = (...numbers: number[]) => [...new Uint8Array(Int32Array.from(numbers).buffer)]
const START_US = 1_795_573_000_000_000
const times = { toleranceUs: 4000, epochUs: START_US }

function octets(...messages: string[]): Uint8Array {
  const call: CallAction = action(`poll([${messages.join(', ')}], 0, 0) = 0`)
  const list = evaluate(call.args[0]!) as Extract<Value, { type: 'list' }>
  return controlOctets(list.elements)
}

const cmsg = (level: string, type: string, data: string) =>
  `{cmsg_level=${level}, cmsg_type=${type}, cmsg_data=${data}}`
const inq = (data: string) => cmsg('SOL_TCP', 'TCP_CM_INQ', data)
const stamp = (seconds: number, nanoseconds: number) =>
  cmsg('SOL_SOCKET', 'SCM_TIMESTAMPING', `{scm_sec=${seconds}, scm_nsec=${nanoseconds}}`)
const extended = (level: string, [errno, origin, type, code, info, data]: readonly (number | string)[]) =>
  cmsg(
    level,
    level === 'SOL_IP' ? 'IP_RECVERR' : 'IPV6_RECVERR',
    `{ee_errno=${errno}, ee_origin=${origin}, ee_type=${type}, ee_code=${code}, ee_info=${info}, ee_data=${data}}`,
  )

function wrong(expected: Uint8Array, actual: Uint8Array): string | null {
  try {
    compareControl(expected, actual, times)
    return null
  } catch (error) {
    return (error as Error).message
  }
}

describe('a control message', () => {
  it('is laid out as the kernel does it (cmsg(3))', () => {
    expect([...octets(inq('5'), inq('-1'))]).toEqual(words(20, 0, 6, 36, 5, 0, 20, 0, 6, 36, -1, 0))
    expect([...octets(stamp(1, 2))]).toEqual(words(64, 0, 1, 37, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0))
  })

  it.each([
    ['SOL_IP', 16 + 16 + 16],
    ['SOL_IPV6', 16 + 16 + 28],
  ])('of an error of level %s has room for its address', (level, length) => {
    const error = octets(extended(level, [42, 4, -1, 255, 0xffff_ffff, 7]))
    expect(error[0]).toBe(length)
    expect([...error.slice(16, 32)]).toEqual([42, 0, 0, 0, 4, 255, 255, 0, ...words(-1, 7)])
  })

  it.each([
    [inq('"x"'), 'Unrecognized type for cmsg_data'],
    [inq('...'), 'Unrecognized type for cmsg_data'],
    [inq('inet6_addr("::1")'), 'Unrecognized type for cmsg_data'],
    [inq('0x1ffffffff'), 'Value out of range for 32-bit integer: 8589934591'],
    [extended('SOL_IP', [1, 256, 0, 0, 0, 0]), 'Value out of range for 8-bit integer: 256'],
    [extended('SOL_IP', [1, 1, -129, 0, 0, 0]), 'Value out of range for 8-bit integer: -129'],
    [cmsg('"a"', '"b"', '"c"'), 'Bad type; actual: string expected: integer'],
    ['5', 'Bad type; actual: integer expected: cmsg'],
  ])('that is none is refused: %s', (message, why) => {
    expect(() => octets(message)).toThrow(why)
  })
})

describe('control messages', () => {
  it.each([
    [[inq('5')], [inq('5')], null],
    [[], [], null],
    [[inq('5')], [], 'received only 0 cmsgs'],
    [[], [inq('5')], 'received more than 0 cmsgs'],
    [[inq('5'), inq('6')], [inq('5')], 'received only 1 cmsgs'],
    [[inq('5')], [cmsg('SOL_IP', 'TCP_CM_INQ', '5')], 'Bad level in cmsg 0: expected=6 actual=0'],
    [[inq('5')], [cmsg('SOL_TCP', '1', '5')], 'Bad type in cmsg 0: expected=36 actual=1'],
    [[inq('{scm_sec=1, scm_nsec=0}')], [inq('5')], 'Bad len in cmsg 0: expected=64 actual=20'],
    [[inq('1'), inq('0x4241')], [inq('1'), inq('0x44000043')], 'Bad data in cmsg 1: expected=AB actual=C'],
  ])('are compared one by one: %j and %j', (expected, actual, why) => {
    expect(wrong(octets(...expected), octets(...actual))).toBe(why)
  })

  it('end at a length of 0', () => {
    const cleared = octets(inq('5'))
    cleared[0] = 0
    expect(wrong(octets(inq('5')), cleared)).toBe('received only 0 cmsgs')
  })

  const error = [42, 4, 1, 2, 3, 4] as const
  it.each([
    [0, 'Bad errno in extended err 0: expected=42 actual=99'],
    [1, 'Bad origin in extended err 0: expected=4 actual=99'],
    [2, 'Bad type in extended err 0: expected=1 actual=99'],
    [3, 'Bad code in extended err 0: expected=2 actual=99'],
    [4, 'Bad info in extended err 0: expected=3 actual=99'],
    [5, 'Bad data in extended err 0: expected=4 actual=99'],
  ])('with an error: member %i', (member, why) => {
    const other: number[] = [...error]
    other[member] = 99
    for (const level of ['SOL_IP', 'SOL_IPV6']) {
      expect(wrong(octets(extended(level, error)), octets(extended(level, other)))).toBe(why)
    }
  })

  it('with an error: its address is not compared', () => {
    const actual = octets(extended('SOL_IP', error))
    actual.fill(9, 32)
    expect(wrong(octets(extended('SOL_IP', error)), actual)).toBeNull()
  })

  it.each([
    [stamp(0, 10_000_000), 10_000, null],
    [stamp(0, 10_000_000), 14_000, null],
    [stamp(0, 10_000_000), 6_000, null],
    [stamp(0, 0), 77_000_000, null],
    [
      stamp(1, 10_000_999),
      1_014_001,
      `Bad timestamp 0 in scm_timestamping 0: expected=${START_US + 1_010_000} (1010000) ` +
        `actual=${START_US + 1_014_001} (1014001) start=${START_US}`,
    ],
  ])('with a stamp of script time: %s at %i us', (expected, atUs, why) => {
    const live = (START_US + atUs) / 1e6
    const actual = octets(stamp(Math.floor(live), ((START_US + atUs) % 1e6) * 1000))
    expect(wrong(octets(expected), actual)).toBe(why)
  })
})
