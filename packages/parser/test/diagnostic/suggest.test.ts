import { describe, expect, it } from 'vitest'
import { editDistance, suggest } from '../../src/diagnostic/suggest.js'

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['abc', '', 3],
    ['ack', 'akc', 1],
    ['win', 'wim', 1],
    ['nop', 'noop', 1],
    ['wscale', 'scale', 1],
    ['mss', 'urg', 3],
  ])('%s to %s is %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance)
    expect(editDistance(b, a)).toBe(distance)
  })
})

describe('suggest', () => {
  const options = ['nop', 'mss', 'wscale', 'sackOK', 'sack', 'TS']
  it.each([
    ['sackok', 'sackOK'],
    ['SACK', 'sack'],
    ['ts', 'TS'],
    ['noop', 'nop'],
    ['wscael', 'wscale'],
    ['xy', null],
    ['timestamp', null],
  ])('%s: %s', (word, near) => {
    expect(suggest(word, options)).toBe(near)
  })
  it('does not look at words of absurd length', () => {
    expect(suggest('x'.repeat(10_000), options)).toBeNull()
  })
})
