// npm run fuzz [-- --seconds=N --target=NAME --seed=N]: long runs of the fuzz targets, the time shared among them. Prints
// the seed, and for a finding its smallest counterexample; exit status 1 then. Short runs are tests: test/fuzz.
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { targets } from './targets.mjs'

const { values } = parseArgs({
  options: { seconds: { type: 'string' }, target: { type: 'string' }, seed: { type: 'string' } },
})
const seconds = Number(values.seconds ?? 60)
const seed = Number(values.seed ?? Date.now() % 2 ** 31)
const chosen = targets.filter(({ name }) => values.target === undefined || name === values.target)
if (chosen.length === 0 || !(seconds > 0) || !Number.isInteger(seed)) {
  console.error(
    `use: npm run fuzz [-- --seconds=N --target=NAME --seed=N]; targets: ${targets.map(({ name }) => name).join(', ')}`,
  )
  process.exit(2)
}

console.log(`seed ${seed}, ${seconds} s`)
let findings = 0
for (const { name, property } of chosen) {
  const started = performance.now()
  const details = fc.check(property, {
    seed,
    numRuns: 2 ** 31 - 1,
    interruptAfterTimeLimit: (seconds * 1000) / chosen.length,
    markInterruptAsFailure: false,
  })
  const took = ((performance.now() - started) / 1000).toFixed(1)
  const heap = Math.round(process.memoryUsage().rss / 2 ** 20)
  console.log(
    `${details.failed ? 'FINDING' : 'ok     '}  ${name.padEnd(20)} ${details.numRuns} cases, ${took} s, ${heap} MiB`,
  )
  if (!details.failed) continue
  findings += 1
  console.log(fc.defaultReportMessage(details))
}
process.exitCode = findings === 0 ? 0 : 1
