// The two reports of `lunadrill compare`: for people, a table of verdicts and what lies behind the differences; for programs,
// an object per script and line.
import type { Comparison, Divergence, RunResult } from '@lunadrill/engine'
import type { Screen } from '../terminal/screen.js'

/** What makes a script differ. */
export type Criterion = 'verdict' | 'trace'

const tracesDiffer = ({ divergences }: Comparison) => divergences.some((divergence) => divergence !== null)

export const differs = (comparison: Comparison, by: Criterion) =>
  comparison.verdictsDiffer || (by === 'trace' && tracesDiffer(comparison))

export interface ComparisonReporter {
  comparison(comparison: Comparison): void
  end(): void
}

interface Columns {
  readonly scripts: readonly string[]
  readonly stacks: readonly string[]
}

export function prettyComparisons(screen: Screen, by: Criterion, { scripts, stacks }: Columns): ComparisonReporter {
  const { colour } = screen
  const scriptWidth = Math.max('script'.length, ...scripts.map(({ length }) => length))
  const row = (first: string, cells: readonly string[]) =>
    [first.padEnd(scriptWidth), ...cells.map((cell, i) => cell.padEnd(Math.max(CELL, stacks[i]?.length ?? 0)))].join(
      '  ',
    )
  screen.out(colour.bold(row('script', stacks).trimEnd()))
  const stories: string[] = []
  let count = 0
  let differing = 0
  let others = 0
  return {
    comparison(comparison) {
      const { script, runs } = comparison
      const text = row(script, runs.map(outcome))
      count += 1
      if (differs(comparison, by)) {
        differing += 1
        screen.out(colour.yellow(`${text}  <-- differs`))
        stories.push(story(comparison, colour))
      } else {
        if (tracesDiffer(comparison)) others += 1
        screen.out(text.trimEnd())
      }
    },
    end() {
      for (const text of stories) screen.out(`\n${text}`)
      const sum = differing === 0 ? 'no difference' : `${differing} ${differing === 1 ? 'differs' : 'differ'}`
      const more =
        others === 0 ? '' : `; ${others} more ${others === 1 ? 'has another trace' : 'have other traces'} (--by=trace)`
      screen.out(`\n${count} ${count === 1 ? 'script' : 'scripts'}: ${sum}${more}`)
    },
  }
}

/** Width of a verdict and its line. */
const CELL = 'fail, line 1234'.length

const outcome = ({ verdict, line }: RunResult) => (line === null ? verdict : `${verdict}, line ${line}`)

/** What each run that did not pass says, and the first lines that differ. */
function story({ script, runs, divergences }: Comparison, colour: Screen['colour']): string {
  const [first, ...others] = runs as [RunResult, ...RunResult[]]
  const lines = [colour.bold(script)]
  for (const { stack, message } of runs) if (message !== null) lines.push(`  ${stack}: ${message.split('\n')[0]}`)
  for (const [i, other] of others.entries()) lines.push(...parting(first, other, divergences[i + 1] ?? null, colour))
  return lines.join('\n')
}

function parting(
  first: RunResult,
  other: RunResult,
  divergence: Divergence | null,
  colour: Screen['colour'],
): string[] {
  if (divergence === null) return [`  ${first.stack} and ${other.stack}: their traces agree`]
  const width = Math.max(first.stack.length, other.stack.length)
  const one = (stack: string, line: string | null) =>
    colour.yellow(`    ${stack.padEnd(width)}  ${line ?? '(its trace ends here)'}`)
  return [
    `  ${first.stack} and ${other.stack} part here:`,
    ...divergence.before.map((line) => colour.dim(`    ${' '.repeat(width)}  ${line}`)),
    one(first.stack, divergence.first),
    one(other.stack, divergence.second),
  ]
}

export function jsonComparisons(screen: Screen, by: Criterion): ComparisonReporter {
  return {
    comparison(comparison) {
      const { script, runs, verdictsDiffer, divergences } = comparison
      // Keys and their order are an interface.
      screen.out(
        JSON.stringify({
          script,
          differs: differs(comparison, by),
          verdicts_differ: verdictsDiffer,
          traces_differ: tracesDiffer(comparison),
          runs: runs.map(({ stack, clock, verdict, line, message }, i) => {
            return { stack, clock, verdict, line, message, divergence: divergences[i] ?? null }
          }),
        }),
      )
    },
    end() {},
  }
}
