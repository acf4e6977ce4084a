// For people: a line per run, the whole story of what did not pass, a sum.
// Read first: engine/src/trace/wording.ts, where the story is told; here it only gets its colours.
import type { RunResult, Verdict } from '@lunadrill/engine'
import type { Screen } from '../terminal/screen.js'
import type { Planned, Reporter } from './reporter.js'

/** The order in which the sum names them. */
const verdicts: readonly Verdict[] = ['pass', 'fail', 'undecided', 'error', 'crash', 'hang', 'leak', 'skip']

export function prettyReporter(screen: Screen, plan: readonly Planned[]): Reporter {
  const { colour } = screen
  const scriptWidth = Math.max(0, ...plan.map(({ script }) => script.length))
  const stackWidth = Math.max(0, ...plan.map(({ stack }) => stack.length))
  const counts = new Map<Verdict, number>()
  let wallS = 0

  const word = (verdict: Verdict, text: string): string => {
    if (verdict === 'pass') return colour.green(text)
    return verdict === 'skip' || verdict === 'undecided' ? colour.yellow(text) : colour.red(text)
  }

  return {
    result(result) {
      counts.set(result.verdict, (counts.get(result.verdict) ?? 0) + 1)
      wallS += result.wallS
      for (const line of result.verbose) screen.out(line)
      for (const line of result.warnings) screen.out(colour.yellow(line))
      const columns = [
        word(result.verdict, result.verdict.padEnd(4)),
        result.script.padEnd(scriptWidth),
        result.stack.padEnd(stackWidth),
        `${result.wallS.toFixed(2)} s`,
      ]
      screen.out(columns.join('  '))
      if (result.attempts.length > 0) screen.out(colour.yellow(`  ${repeated(result.attempts)}`))
      if (result.message !== null) screen.out(`${story(result, colour)}\n`)
    },
    end() {
      const runs = [...counts.values()].reduce((sum, count) => sum + count, 0)
      const parts = verdicts
        .filter((verdict) => counts.has(verdict))
        .map((verdict) => word(verdict, `${counts.get(verdict)} ${verdict}`))
      screen.out(`${runs} ${runs === 1 ? 'run' : 'runs'}: ${parts.join(', ')} (${wallS.toFixed(2)} s)`)
    },
  }
}

/** What the attempts before had come to: their tester was late. */
function repeated(attempts: readonly RunResult[]): string {
  const times = attempts.length === 1 ? 'once' : `${attempts.length} times`
  const first = attempts[0]?.failure
  return `was undecided ${times}, and was repeated alone; first: line ${first?.line ?? '-'}: ${first?.message ?? ''}`
}

/** Bold what went wrong, mark what differs, step back with what came before. */
function story(result: RunResult, colour: Screen['colour']): string {
  let inBefore = false
  const paint = (line: string, index: number): string => {
    if (index === 0) return colour.bold(line)
    if (/^ {2}\S/.test(line)) inBefore = line === '  before:'
    if (inBefore) return colour.dim(line)
    if (/^ +\| +\^+$/.test(line)) return colour.red(line)
    if (line.endsWith('<-- differs')) return colour.yellow(line)
    if (line.startsWith('  hint: ')) return colour.cyan(line)
    return line
  }
  return (result.message ?? '').split('\n').map(paint).join('\n')
}
