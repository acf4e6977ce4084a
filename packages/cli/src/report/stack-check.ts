// The two reports of `lunadrill stack-check`: for people, a line per function and its findings below; for programs, one object.
import { faultText, type StackCheckResult, type StackFinding } from '@lunadrill/engine'
import type { Screen } from '../terminal/screen.js'

export function prettyStackCheck(result: StackCheckResult, colour: Screen['colour']): string {
  const { object, name, version, abi, checks, lacks, stopped } = result
  const who = name === '' ? 'it says nothing of itself' : `${name} ${version}`.trim()
  const lines = [`${colour.bold(object)}: ${who}${abi === '' ? '' : `, luna_stack_v1 ${abi}`}`]
  const functions = [...new Set(checks.map((check) => check.function))]
  const width = Math.max(0, ...functions.map((each) => each.length))
  for (const each of functions) {
    const own = checks.filter((check) => check.function === each)
    const wrong = own.filter(({ outcome }) => outcome !== 'pass')
    const word = wrong.length === 0 ? colour.green('ok  ') : colour.red('FAIL')
    lines.push(`  ${word}  ${each.padEnd(width)}  ${own.length - wrong.length} of ${own.length}`)
    for (const finding of wrong) lines.push(...story(finding))
  }
  if (stopped !== null) lines.push(`  not all was checked: ${stopped}`)
  if (lacks.length > 0) {
    lines.push('it lacks')
    const wide = Math.max(...lacks.map(({ capability }) => capability.length))
    for (const { capability, words, scripts } of lacks) {
      lines.push(`  ${capability.padEnd(wide)}  ${words}: ${scripts}`)
    }
  }
  const wrong = checks.filter(({ outcome }) => outcome !== 'pass').length
  const found = wrong === 0 ? 'it conforms' : `${wrong} ${wrong === 1 ? 'finding' : 'findings'}`
  lines.push(`${functions.length} functions, ${checks.length} checks: ${found}`)
  return lines.join('\n')
}

function story({ what, outcome, expected, actual, fault }: StackFinding): string[] {
  const words =
    outcome === 'fail'
      ? `expected ${expected}, actual ${actual}`
      : outcome === 'unchecked'
        ? `not checked: ${actual}`
        : `${outcome}: ${actual}`
  const details =
    fault === null ? [] : faultText(fault).flatMap((part) => part.split('\n').map((line) => `        ${line}`))
  return [`        ${what}: ${words}`, ...details]
}

/** Keys and their order are an interface. */
export function jsonStackCheck({
  object,
  name,
  version,
  abi,
  declares,
  checks,
  lacks,
  stopped,
}: StackCheckResult): string {
  const conforms = checks.every(({ outcome }) => outcome === 'pass')
  return JSON.stringify({
    object,
    name,
    version,
    abi,
    conforms,
    declares,
    checks: checks.map(({ function: called, what, outcome, expected, actual, fault }) => ({
      function: called,
      what,
      outcome,
      expected,
      actual,
      ...(fault === null ? {} : { signal: fault.signal, words: fault.words, backtrace: fault.backtrace }),
    })),
    lacks,
    stopped,
  })
}
