import { describe, expect, it } from 'vitest'
import { tcp, upstream } from '../support/parse.js'

/** The names of the flags that are set. */
const set = (text: string, defines: Record<string, string> = {}) =>
  Object.entries(tcp(`> ${text} 1:1(0)`, { defines: new Map(Object.entries(defines)) }).flags)
    .filter(([, on]) => on)
    .map(([name]) => name)
    .join(' ')

describe('TCP flags', () => {
  it.each([
    ['-', ''],
    ['.', 'ack'],
    ['S', 'syn'],
    ['S.', 'syn ack'],
    ['S .', 'syn ack'],
    ['FPU.', 'fin psh ack urg'],
    ['PF.', 'fin psh ack'],
    ['R', 'rst'],
    ['SEWA', 'syn ece cwr ae'],
    ['SS', 'syn'],
    ['.0', 'ack'],
    ['.1', 'ack ece ace'],
    ['.2', 'ack cwr ace'],
    ['.4', 'ack ae ace'],
    ['.7', 'ack ece cwr ae ace'],
    ['S.5', 'syn ack ece ae ace'],
    ['S5', 'syn ece ae ace'],
    ['P .3', 'psh ack ece cwr ace'],
    ['5.', null],
    ['SFRP.', 'fin syn rst psh ack'],
  ])('%s', (text, expected) => {
    if (expected === null) expect(upstream(`0 > ${text} 1:1(0)`)).toMatch(/parse error/)
    else expect(set(text)).toBe(expected)
  })
  it('may come from a define, dot and all', () => {
    expect(set('F', { F: 'S.' })).toBe('syn ack')
    expect(set('F.', { F: 'P' })).toBe('psh ack')
  })
  it.each([
    ['Sx', "Invalid TCP flag: 'x'"],
    ['s', "Invalid TCP flag: 's'"],
    ['S8', "Invalid TCP flag: '8'"],
    ['S.8', "Invalid TCP flag: '8'"],
    ['SE5', "Conflicting TCP flag: '5'"],
    ['S5E', "Conflicting TCP flag: 'E'"],
    ['S55', "Conflicting TCP flag: '5'"],
    ['S.10', "Conflicting TCP flag: '0'"],
    ['E.1', "Conflicting TCP flag: '1'"],
    ['1.5', "Conflicting TCP flag: '5'"],
    ['-.5', "Invalid TCP flag: '-'"],
    ['toString', "Invalid TCP flag: 't'"],
  ])('refuses %s: %s', (text, message) => {
    expect(upstream(`0 > ${text} 1:1(0)`)).toBe(message)
  })
  it.each([
    ['P.F', 'F'],
    ['S..', '.'],
    ['', '1:1'],
    ['5', '1'],
    ['mss', 'mss'],
  ])('refuses %j at %s', (text, token) => {
    expect(upstream(`0 > ${text} 1:1(0)`)).toBe(`parse error at '${token === '1:1' ? ':' : token}': syntax error`)
  })
})
