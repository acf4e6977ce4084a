// Every word of an argument, and every errno, must be a symbol that we know. Read first: language/3-calls.md 8.
import type { CallAction, Expression } from '@lunadrill/parser'
import { errnoName, suggestSymbol, symbolValue } from '@lunadrill/tcpinfo'
import type { Report } from './finding.js'
import { numberOf } from './number-of.js'
import type { Rule } from './rule.js'

export const symbols: Rule = {
  name: 'symbols',
  check({ script }, report) {
    for (const { action } of script.events) {
      if (action.type !== 'call') continue
      for (const argument of action.args) checkWords(argument, report)
      checkErrno(action, report)
    }
  },
}

function checkWords(expression: Expression, report: Report): void {
  switch (expression.type) {
    case 'word':
      checkSymbol(expression.name, expression.span, report)
      break
    case 'or':
      checkWords(expression.left, report)
      checkWords(expression.right, report)
      break
    case 'assign': {
      const { start } = expression.span
      checkSymbol(expression.name, { start, end: start + expression.name.length }, report)
      checkWords(expression.value, report)
      break
    }
    case 'list':
      for (const element of expression.elements) checkWords(element, report)
      break
    case 'struct':
      // A sockaddr's family has been looked at by the grammar.
      if (expression.kind === 'sockaddr') break
      for (const field of expression.fields.values()) checkWords(field, report)
      break
  }
}

function checkSymbol(name: string, span: CallAction['nameSpan'], report: Report): void {
  if (symbolValue(name) !== undefined) return
  report.error(span, `unknown symbol ${name}`, meant(name))
}

function checkErrno({ errno, result }: CallAction, report: Report): void {
  if (errno === null) return
  const { name, span } = errno
  const value = symbolValue(name)
  if (value === undefined) {
    report.error(span, `unknown errno ${name}`, meant(name))
    return
  }
  if (!name.startsWith('E') || errnoName(value) === undefined) {
    report.warning(span, `${name} is no errno, though a number (${value})`, 'write the name that strace shows')
  } else if ((numberOf(result) ?? -1) >= 0) {
    report.warning(span, `an errno is written behind a result that is no failure`, 'errno is compared all the same')
  }
}

function meant(name: string): string | null {
  const near = suggestSymbol(name)
  return near === undefined ? null : `did you mean ${near}?`
}
