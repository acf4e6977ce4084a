// The check as a whole: the parser's findings, the order, and no false alarm on real scripts.
import { describe, expect, it } from 'vitest'
import { corpus, noCorpus } from '../../../parser/test/support/corpus.js'
import { checkScript } from '../../src/check/check-script.js'
import { server } from '../support/check.js'

it('finds nothing in a sound script', () => {
  expect(checkScript(server)).toEqual({ findings: [], more: 0, errors: 0, warnings: 0 })
})

it('reports what the parser finds, with its place', () => {
  expect(checkScript('0 socket(..., SOCK_STREAM = 3\n')).toMatchObject({
    errors: 1,
    findings: [{ rule: 'syntax', severity: 'error', line: 1, column: 30 }],
  })
  expect(checkScript('--mtuu=5\n0 close(3) = 0\n').findings).toMatchObject([{ rule: 'option', line: 1, column: 1 }])
})

it('counts the errors that are too many to be told', () => {
  const { findings, more, errors } = checkScript('+0 < S\n'.repeat(25))
  expect([findings.length, more, errors]).toEqual([20, 5, 25])
})

it('puts the findings of all rules in the order of the script', () => {
  const { findings, errors, warnings } = checkScript(`${server}+.001 > . 1:1(0) ack 5\n+0 close(9) = 0\n`)
  expect(findings.map(({ rule }) => rule)).toEqual(['tolerance', 'outbound-ack', 'descriptors'])
  expect([errors, warnings]).toEqual([2, 1])
})

describe.skipIf(noCorpus)(noCorpus === undefined ? 'the corpus' : `the corpus (skipped: ${noCorpus})`, () => {
  it.each(corpus())('$name has no error', ({ text, settings }) => {
    const options = [...settings.defines].map(([name, value]) => ['define', `${name}=${value}`] as const)
    const { findings } = checkScript(text, [...options, ['ip_version', settings.wireFamily]])
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
  })
})
