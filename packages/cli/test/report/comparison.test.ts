import { compareRuns } from '@lunadrill/engine'
import { describe, expect, it } from 'vitest'
import { jsonComparisons, prettyComparisons } from '../../src/report/comparison.js'
import { fail, pass } from '../support/result.js'
import { recorder } from '../support/screen.js'

const common = '0.000000  line  1: 0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3'
const ours = { ...pass, script: 'a.pkt', trace: [common, '0.000000  call  socket -1 = 3'] }
const theirs = { ...ours, stack: 'lwip' }
const traceOnly = compareRuns([ours, { ...theirs, trace: [common] }])
const verdicts = compareRuns([ours, { ...fail, script: 'a.pkt', trace: [common, '0.000000  call  socket -1 = -1'] }])

const columns = { scripts: ['a.pkt'], stacks: ['kernel', 'lwip'] }

function shown(by: 'verdict' | 'trace', ...comparisons: (typeof verdicts)[]): string {
  const { screen, stdout } = recorder()
  const reporter = prettyComparisons(screen, by, columns)
  for (const comparison of comparisons) reporter.comparison(comparison)
  reporter.end()
  return stdout.join('\n')
}

describe('for people', () => {
  it('the rows that differ are marked, and what lies behind them follows the table', () => {
    expect(shown('verdict', compareRuns([ours, theirs]), verdicts, traceOnly)).toBe(`script  kernel           lwip
a.pkt   pass             pass
a.pkt   pass             fail, line 5     <-- differs
a.pkt   pass             pass

a.pkt
  lwip: examples/broken.pkt:5:6: fail: the packet differs: ack
  kernel and lwip part here:
            0.000000  line  1: 0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
    kernel  0.000000  call  socket -1 = 3
    lwip    0.000000  call  socket -1 = -1

3 scripts: 1 differs; 1 more has another trace (--by=trace)`)
  })

  it('a trace that ends is told by --by=trace', () => {
    expect(shown('trace', traceOnly)).toContain(`    kernel  0.000000  call  socket -1 = 3
    lwip    (its trace ends here)

1 script: 1 differs`)
  })

  it('nothing is said of what does not differ', () => {
    expect(shown('trace', compareRuns([ours, theirs]))).toBe(`script  kernel           lwip
a.pkt   pass             pass

1 script: no difference`)
  })
})

it('for programs, each script is an object on a line', () => {
  const { screen, stdout } = recorder()
  jsonComparisons(screen, 'verdict').comparison(traceOnly)
  const run = { clock: 'wall', verdict: 'pass', line: null, message: null }
  expect(stdout.map((line) => JSON.parse(line))).toEqual([
    {
      script: 'a.pkt',
      differs: false,
      verdicts_differ: false,
      traces_differ: true,
      runs: [
        { stack: 'kernel', ...run, divergence: null },
        { stack: 'lwip', ...run, divergence: { before: [common], first: ours.trace[1], second: null } },
      ],
    },
  ])
})
