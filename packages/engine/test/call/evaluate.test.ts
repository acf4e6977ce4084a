import { describe, expect, it } from 'vitest'
import { evaluate, typeName } from '../../src/call/evaluate.js'
import { action } from '../support/calls.js'

const value = (text: string) => evaluate(action(`f(${text}) = 0`).args[0] as never)
const wrong = (text: string) => {
  try {
    return value(text)
  } catch (error) {
    return (error as Error).message
  }
}

describe('an argument', () => {
  it.each([
    ['12', 12n],
    ['-1', -1n],
    ['0x1f', 31n],
    ['SOCK_STREAM', 1n],
    ['SOCK_STREAM | SOCK_NONBLOCK', 2049n],
    ['1|2|4', 7n],
    ['inet_addr("1.2.3.4")', 0x0403_0201n],
  ])('%s is a number', (text, number) => {
    expect(value(text)).toEqual({ type: 'integer', value: number })
  })

  it('in quotes is octets', () => {
    expect(value(String.raw`"a\x00" "\n"`)).toEqual({ type: 'string', octets: Uint8Array.from([97, 0, 10]) })
  })

  it.each([
    ['...', 'ellipsis'],
    ['5', 'integer'],
    ['"x"', 'string'],
    ['[1, 2]', 'list'],
    ['{1, 2}', 'list'],
    ['TCP_NLA_BUSY = 5', 'binary_expression'],
    ['{..., 10}', 'iovec'],
    ['{fd=3, events=POLLIN}', 'pollfd'],
    ['{onoff=1, linger=5}', 'linger'],
    ['{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("1.2.3.4")}', 'sockaddr_in'],
    ['{sa_family=AF_INET6, sin_port=htons(80), sin_addr=inet_addr("::1")}', 'sockaddr_in6'],
    ['inet6_addr("::1")', 'in6_addr'],
    ['{events=POLLIN, fd=3}', 'epollev'],
    ['{scm_sec=1, scm_nsec=2}', 'scm_timestamping'],
    ['{cmsg_level=1, cmsg_type=2, cmsg_data=3}', 'cmsg'],
  ])('%s has upstream’s type name %s', (text, name) => {
    expect(typeName(value(text))).toBe(name)
  })

  it.each([
    ['SOCK_STREEM', "unknown symbol: 'SOCK_STREEM'"],
    ['... | 1', 'left hand side of | not an integer'],
    ['1 | "x"', 'right hand side of | not an integer'],
    [String.raw`"\q"`, "unsupported escape code: 'q'"],
    [String.raw`"ab\x1"`, String.raw`invalid hex escape (\xhh): '\x1'`],
    ['[1, NOSUCH]', "unknown symbol: 'NOSUCH'"],
  ])('%s has no value', (text, message) => {
    expect(wrong(text)).toBe(message)
  })

  it('that is nearly a symbol says which', () => {
    expect(() => value('SOCK_STREEM')).toThrow(expect.objectContaining({ hint: 'did you mean SOCK_STREAM?' }))
  })
})
