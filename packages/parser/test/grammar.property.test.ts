// Every production of the language, made at random: read, with places within the text, and the same again when formatted.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatScript, parseScript } from '../src/index.js'
import { script, spoilt } from './support/grammar.js'

const places = (text: string) => parseScript(text).diagnostics.map(({ line, message }) => `${line}: ${message}`)

describe('a script made of the language’s productions', () => {
  it('is read', () => {
    fc.assert(
      fc.property(script, (text) => {
        expect(places(text)).toEqual([])
      }),
      { numRuns: 2000 },
    )
  })
  it('means the same when it has been formatted', () => {
    fc.assert(
      fc.property(script, (text) => {
        const formatted = formatScript(text).text
        expect(formatted).not.toBeNull()
        expect(formatScript(formatted as string).text).toBe(formatted)
      }),
      { numRuns: 500 },
    )
  })
  it('has at most one diagnostic for each of its events when one token is wrong', () => {
    fc.assert(
      fc.property(spoilt, (text) => {
        const { diagnostics, more } = parseScript(text)
        expect(diagnostics.length + more).toBeLessThanOrEqual(8)
      }),
      { numRuns: 1000 },
    )
  })
})
