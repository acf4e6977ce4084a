import { describe, expect, it } from 'vitest'
import { argument, bare, upstream } from '../support/parse.js'

const integer = (value: number, text = String(value)) => ({ type: 'integer', value: BigInt(value), text })
const word = (name: string) => ({ type: 'word', name })
const string = (raw: string) => ({ type: 'string', raw })
const list = (braces: boolean, ...elements: unknown[]) => ({ type: 'list', elements, braces })
const or = (left: unknown, right: unknown) => ({ type: 'or', left, right })
const assign = (name: string, value: unknown) => ({ type: 'assign', name, value })
const ellipsis = { type: 'ellipsis' }

const refused = (text: string) => upstream(`0 a(${text}) = 0`)

describe('expressions', () => {
  it.each([
    ['...', ellipsis],
    ['5', integer(5)],
    ['-5', integer(-5)],
    ['007', integer(7, '007')],
    ['0x1F', integer(31, '0x1F')],
    ['0X1F', word('0X1F')],
    ['AF_INET', word('AF_INET')],
    ['"a"', string('a')],
    ['"a\\n" "b"\n"c"', { type: 'string', raw: 'a\\nbc', parts: ['a\\n', 'b', 'c'] }],
    ['"a"...', string('a')],
    ['A|B|5', or(word('A'), or(word('B'), integer(5)))],
    ['A=3|4|B=5', assign('A', or(integer(3), or(integer(4), assign('B', integer(5)))))],
    ['...|"x"', or(ellipsis, string('x'))],
    ['[]', list(false)],
    ['[1]', list(false, integer(1))],
    ['[1, [A], {B}]', list(false, integer(1), list(false, word('A')), list(true, word('B')))],
    ['{5}', list(true, integer(5))],
    ['{...}', list(true, ellipsis)],
    ['{...|5, 6}', list(true, or(ellipsis, integer(5)), integer(6))],
    ['{A=1, B=[2]}', list(true, assign('A', integer(1)), assign('B', list(false, integer(2))))],
    ['inet_addr("1.2.3.4")', { type: 'function', name: 'inet_addr', argument: string('1.2.3.4') }],
    ['inet_addr("127.1")', { type: 'function', name: 'inet_addr', argument: string('127.1') }],
    ['inet6_addr("::1")', { type: 'function', name: 'inet6_addr', argument: string('::1') }],
  ])('%s', (text, expected) => {
    expect(bare(argument(text))).toEqual(expected)
  })

  it.each([
    ['1.5', '1.5'],
    ['(1)', '('],
    ['5=6', '='],
    ['A=', ')'],
    ['1|', ')'],
    ['|1', '|'],
    ['[1,]', ']'],
    ['[1 2]', '2'],
    ['{1,}', '}'],
    ['"a" "b"...', '...'],
    ['"a"... "b"', '"b"'],
    ['htons(5)', 'htons'],
    ['f(5)', '('],
    ['inet_addr(5)', '5'],
    ['inet_addr("1.2.3.4" "5")', '"5"'],
    ['mss', 'mss'],
    ['1&2', '&'],
  ])('refuses %s at %s', (text, token) => {
    expect(refused(text)).toBe(`parse error at '${token}': syntax error`)
  })

  it('refuses bad addresses, also the one that upstream takes for 255.255.255.255', () => {
    expect(refused('inet_addr("garbage")')).toBe('invalid IPv4 address')
    expect(refused('inet6_addr("1.2.3.4")')).toBe('cannot parse in6_addr')
  })

  it('have spans over all of their parts', () => {
    expect(argument('A = 3 | [4]').span).toEqual({ start: 4, end: 15 })
    expect(argument('"a" "b"').span).toEqual({ start: 4, end: 11 })
    expect(argument('"a"...').span).toEqual({ start: 4, end: 10 })
  })
})
