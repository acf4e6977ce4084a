import { describe, expect, it } from 'vitest'
import { bare, outer, upstream } from '../support/parse.js'

const ENTRY = '(label 5, tc 1, ttl 64)'
const entry = { label: 5, trafficClass: 1, bottom: false, ttl: 64 }
const refused = (text: string) => upstream(`0 > mpls ${text}: . 1:1(0)`)

describe('MPLS label stacks', () => {
  it.each([
    ['mpls:', []],
    [`mpls ${ENTRY}:`, [entry]],
    [
      `mpls ${ENTRY} (label 1048575, tc 7, [S], ttl 255):`,
      [entry, { label: 1048575, trafficClass: 7, bottom: true, ttl: 255 }],
    ],
  ])('%s', (text, labels) => {
    expect(bare(outer(text))).toEqual({ type: 'mpls', labels })
  })
  it.each([
    ['(label 1048576, tc 1, ttl 64)', 'MPLS label out of range for 20 bits'],
    ['(label -1, tc 1, ttl 64)', 'MPLS label out of range for 20 bits'],
    ['(label 5, tc 8, ttl 64)', 'MPLS traffic_class out of range for 3 bits'],
    ['(label 5, tc 1, ttl 256)', 'MPLS ttl out of range for 8 bits'],
    ['(label 5, tc 1, [s], ttl 64)', 'expected [S] for MPLS label stack bottom'],
    [ENTRY.repeat(7), 'too many MPLS labels'],
  ])('refuses %s: %s', (text, message) => {
    expect(refused(text)).toBe(message)
  })
  it.each([
    ['(label 5, tc 1)', ')'],
    ['(tc 1, label 5, ttl 64)', 'tc'],
    ['(label 0x5, tc 1, ttl 64)', '0x5'],
    ['(label 5, tc 1, [S] ttl 64)', 'ttl'],
    ['(label 5, tc 1, [5], ttl 64)', '5'],
    [`${ENTRY}, ${ENTRY}`, ','],
  ])('refuses %s at %s', (text, token) => {
    expect(refused(text)).toBe(`parse error at '${token}': syntax error`)
  })
})
