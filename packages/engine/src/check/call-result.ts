// What a call is expected to return must be a number: it is not evaluated. Read first: language/3-calls.md 1.
import type { CallAction } from '@lunadrill/parser'
import { s32 } from '../call/arguments.js'
import { evaluate, typeName, ValueError } from '../call/evaluate.js'
import type { Report } from './finding.js'
import type { Rule } from './rule.js'

export const callResult: Rule = {
  name: 'call-result',
  check({ script }, report) {
    for (const { action } of script.events) if (action.type === 'call') checkResult(action, report)
  },
}

function checkResult({ result }: CallAction, report: Report): void {
  if (result.type === 'word') {
    const hint = 'write a failure as -1 and its errno: = -1 EAGAIN (Resource temporarily unavailable)'
    report.error(result.span, `a result must be a number, not the word ${result.name}`, hint)
    return
  }
  try {
    const value = evaluate(result)
    if (value.type === 'integer') s32(value)
    else report.error(result.span, `a result must be a number, not ${article(typeName(value))}`)
  } catch (error) {
    if (!(error instanceof ValueError)) throw error
    report.error(result.span, error.message, error.hint)
  }
}

const article = (name: string) => (/^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`)
