import { describe, expect, it } from 'vitest'
import { BareError, evaluate, type Value } from '../../src/call/evaluate.js'
import { attributeOctets, compareAttributes } from '../../src/call/netlink-attribute.js'
import { action } from '../support/calls.js'

function octets(list: string): Uint8Array {
  const value = evaluate(action(`poll({${list}}, 0, 0) = 0`).args[0]!) as Extract<Value, { type: 'list' }>
  return attributeOctets(value.elements)
}

const view = (list: string) => {
  const bytes = Uint8Array.from(octets(list))
  return new DataView(bytes.buffer)
}

describe('netlink attributes', () => {
  it('are laid out with their head, padded to 4', () => {
    expect([...octets('TCP_NLA_CA_STATE=3, TCP_NLA_SRTT=0x01020304')]).toEqual([
      5, 0, 14, 0, 3, 0, 0, 0, 8, 0, 22, 0, 4, 3, 2, 1,
    ])
    expect([...octets('TCP_NLA_BUSY=-1')]).toEqual([12, 0, 1, 0, 255, 255, 255, 255, 255, 255, 255, 255])
    expect([...octets('TCP_NLA_BUSY=...')]).toEqual([12, 0, 1, 0, 255, 255, 255, 255, 0, 0, 0, 0])
  })

  it.each([
    ['5', 'Bad type; actual: integer expected: binary_expression'],
    ['"x"', 'Bad type; actual: string expected: binary_expression'],
    ['TCP_NLA_BUSY="x"', 'values must be numeric or ellipsis'],
    ['TCP_FASTOPEN=5', 'bad NLA type 23\n'],
    ['EPOLLET=5', 'bad NLA type 2147483648\n'],
    ['NOSUCH=5', "unknown symbol: 'NOSUCH'"],
  ])('that are none are refused: %s', (list, why) => {
    expect(() => octets(list)).toThrow(expect.objectContaining({ message: why }))
  })

  it.each([
    ['TCP_NLA_CA_STATE=256', 'out of bound u8 value specified'],
    ['TCP_NLA_CA_STATE=-1', 'out of bound u8 value specified'],
    ['TCP_NLA_SRTT=0x100000000', 'out of bound u32 value specified'],
  ])('that do not fit are said without place: %s', (list, why) => {
    expect(() => octets(list)).toThrow(BareError)
    expect(() => octets(list)).toThrow(why)
  })

  it.each([
    ['TCP_NLA_SRTT=5', 'TCP_NLA_SRTT=5', null],
    ['TCP_NLA_SRTT=5', 'TCP_NLA_SRTT=6', 'Bad TCP_NLA_SRTT: expected=5 actual=6'],
    ['TCP_NLA_SRTT=...', 'TCP_NLA_SRTT=6', null],
    ['TCP_NLA_CA_STATE=...', 'TCP_NLA_CA_STATE=6', null],
    ['TCP_NLA_CA_STATE=1', 'TCP_NLA_CA_STATE=6', 'Bad TCP_NLA_CA_STATE: expected=1 actual=6'],
    ['TCP_NLA_BYTES_SENT=...', 'TCP_NLA_BYTES_SENT=0x123456789', null],
    ['TCP_NLA_BYTES_SENT=1', 'TCP_NLA_BYTES_SENT=2', 'Bad TCP_NLA_BYTES_SENT: expected=1 actual=2'],
    ['TCP_NLA_BUSY=1000', 'TCP_NLA_BUSY=5000', null],
    ['TCP_NLA_BUSY=1000', 'TCP_NLA_BUSY=5001', 'Bad TCP_NLA_BUSY: expected=1000 actual=5001'],
    ['TCP_NLA_BUSY=0', 'TCP_NLA_BUSY=1', 'Bad TCP_NLA_BUSY: expected=0 actual=1'],
    ['TCP_NLA_BUSY=...', 'TCP_NLA_BUSY=1', null],
    ['TCP_NLA_SRTT=5', 'TCP_NLA_SND_CWND=5', 'Bad nla_type 0: expected=22 actual=8'],
    [
      'TCP_NLA_SRTT=5, TCP_NLA_BUSY=1',
      'TCP_NLA_SRTT=5, TCP_NLA_SRTT=1, TCP_NLA_CA_STATE=1',
      'Bad nla_type 1: expected=1 actual=22',
    ],
  ])('are compared at equal places: %s and %s', (expected, actual, why) => {
    const compare = () => compareAttributes(view(expected), view(actual), 4000)
    if (why === null) expect(compare).not.toThrow()
    else expect(compare).toThrow(why)
  })

  it.each([
    ['a length of nothing', [0, 0, 22, 0]],
    ['a length that its value does not have', [4, 0, 22, 0]],
    ['a length beyond the end', [40, 0, 22, 0, 1, 0, 0, 0]],
    ['a type that nobody knows', [8, 0, 200, 0, 1, 0, 0, 0]],
  ])('that are no list are refused: %s', (_what, octetsGiven) => {
    const given = new DataView(Uint8Array.from(octetsGiven).buffer)
    expect(() => compareAttributes(given, given, 4000)).toThrow(/^(Bad nla_len 0|bad NLA type 200)/)
  })
})
