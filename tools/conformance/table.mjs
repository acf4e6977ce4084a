// The rows of a conformance run as text, and what they come to.

const heads = ['agree', 'script', 'family', 'upstream', 'line', 'ours', 'line', 'seconds', 'said']

/** Our verdicts as upstream's exit status. A script that was not judged (skip, undecided, crash, hang) agrees with nothing. */
const asUpstream = { pass: 'pass', fail: 'fail', error: 'fail' }

export const agrees = ({ oracle, result }) => oracle.verdict === asUpstream[result.verdict]

const sameLine = ({ oracle, result }) => result.line === oracle.line

export function rowText(row) {
  const { oracle, result } = row
  const verdict =
    result.attempts.length === 0 ? result.verdict : `${result.verdict} (repeated ${result.attempts.length})`
  const agree = !oracle.stable ? 'unstable' : agrees(row) ? 'yes' : 'NO'
  const said = result.verdict === 'pass' ? '' : (result.upstream ?? result.message ?? '').split('\n')[0]
  const cells = [agree, oracle.script, oracle.family, oracle.verdict, oracle.line ?? '', verdict, result.line ?? '']
  return [...cells, result.wallS.toFixed(2), said].join('\t')
}

export const tableText = (rows) => [heads.join('\t'), ...rows.map(rowText)].join('\n')

/** The figures: rows that the oracle is sure of, and of those that fail in both, the ones with the same line. */
export function sum(rows) {
  const stable = rows.filter(({ oracle }) => oracle.stable)
  const failBoth = stable.filter((row) => row.oracle.verdict === 'fail' && agrees(row))
  return {
    agree: stable.filter(agrees).length,
    stable: stable.length,
    line: failBoth.filter(sameLine).length,
    fail: failBoth.length,
    repeated: rows.filter(({ result }) => result.attempts.length > 0).length,
  }
}

/** Text of the rows of several runs whose verdict or line was not the same each time: every one that came. */
export function flipped(runs) {
  const said = ({ result }) => `${result.verdict} ${result.line ?? ''}`
  const [first = []] = runs
  return first.flatMap((_, i) => {
    const rows = runs.map((run) => run[i])
    const kinds = [...new Map(rows.map((row) => [said(row), row])).values()]
    return kinds.length > 1 ? kinds.map(rowText) : []
  })
}

export const differing = (rows) =>
  rows.filter((row) => row.oracle.stable && (!agrees(row) || (row.oracle.verdict === 'fail' && !sameLine(row))))
