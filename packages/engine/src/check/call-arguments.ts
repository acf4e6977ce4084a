// Calls must exist, and their arguments must fit in number and type, as call/ reads them.
import type { CallAction, Expression, Span } from '@lunadrill/parser'
import { nearest } from '@lunadrill/tcpinfo'
import { Arguments } from '../call/arguments.js'
import { callMaker, callNames } from '../call/call.js'
import { evaluate, type Value, ValueError } from '../call/evaluate.js'
import type { Report } from './finding.js'
import type { Rule } from './rule.js'

export const callArguments: Rule = {
  name: 'call-arguments',
  check({ script }, report) {
    for (const { action } of script.events) if (action.type === 'call') checkCall(action, report)
  },
}

function checkCall(action: CallAction, report: Report): void {
  const { name, nameSpan, args } = action
  const make = callMaker(name)
  if (make === undefined) {
    report.error(nameSpan, `unknown system call ${name}()`, meant(name))
    return
  }
  const values = args.map((argument) => evaluated(argument, report))
  if (values.includes(null)) return
  const given = new Arguments(values as Value[])
  try {
    make(given)
  } catch (error) {
    if (!(error instanceof ValueError)) throw error
    const at = given.asked === null ? undefined : args[given.asked]
    report.error(at?.span ?? callSpan(action), `${name}(): ${error.message}`, error.hint)
  }
}

/** null where it has no value. An unknown symbol is the finding of another rule. */
function evaluated(argument: Expression, report: Report): Value | null {
  try {
    return evaluate(argument)
  } catch (error) {
    if (!(error instanceof ValueError)) throw error
    if (!error.message.startsWith('unknown symbol')) report.error(argument.span, error.message, error.hint)
    return null
  }
}

/** From the name to the last argument. */
function callSpan({ nameSpan, args }: CallAction): Span {
  return { start: nameSpan.start, end: args.at(-1)?.span.end ?? nameSpan.end }
}

function meant(name: string): string {
  const near = nearest(name, callNames())
  return near === undefined ? `known: ${callNames().join(' ')}` : `did you mean ${near}()?`
}
