// npm run isolation [-- --scripts=N --jobs=N --seed=N --netns=private|host]: so many scripts (1,000), in random order in one
// runner, must get the verdicts that each gets alone, the examples of faults among them. Prints the seed, and each script that does not; exit status 1 then.
// A smaller number is a test: test/e2e/isolation.test.ts.
import { parseArgs } from 'node:util'
import { buildStack } from '../../packages/dpdk-native/test/stacks/build.mjs'
import { builtinStackPath } from '../../packages/engine/dist/index.js'
import { scriptsOf, shuffled } from './scripts.mjs'
import { verdictAlone, verdictsTogether, withRequests } from './verdicts.mjs'

const { values } = parseArgs({
  options: {
    scripts: { type: 'string', default: '1000' },
    jobs: { type: 'string', default: '2' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    netns: { type: 'string', default: 'private' },
  },
})
const [count, jobs, seed] = [Number(values.scripts), Number(values.jobs), Number(values.seed)]
const netns = values.netns === 'host' || values.netns === 'private' ? values.netns : null
if (!(count > 0) || !(jobs > 0) || !Number.isInteger(seed) || netns === null) {
  console.error('use: npm run isolation [-- --scripts=N --jobs=N --seed=N --netns=private|host]')
  process.exit(2)
}

if (builtinStackPath('libluna.so') === undefined) {
  console.error('lwIP is not built: npm run setup says what it needs')
  process.exit(2)
}

const scripts = shuffled(scriptsOf(count, 8899, buildStack('crash-in-listen')), seed)
console.log(`seed ${seed}, ${count} scripts, ${jobs} side by side`)
const wrong = await withRequests(scripts, 8899, async (requests) => {
  let started = performance.now()
  const lap = (what) => {
    console.log(`${what}: ${((performance.now() - started) / 1000).toFixed(1)} s`)
    started = performance.now()
  }
  const together = await verdictsTogether(requests, jobs, values.netns === 'host' ? 'host' : 'private')
  lap('together')
  const tally = new Map()
  for (const each of together) tally.set(JSON.parse(each).verdict, (tally.get(JSON.parse(each).verdict) ?? 0) + 1)
  console.log([...tally].map(([verdict, times]) => `${times} ${verdict}`).join(', '))
  const differing = []
  for (const [i, request] of requests.entries()) {
    const alone = await verdictAlone(request)
    if (alone !== together[i]) differing.push({ name: scripts[i].name, alone, together: together[i] })
  }
  lap('each alone')
  return differing
})
for (const { name, alone, together } of wrong) console.log(`${name}\n  alone    ${alone}\n  together ${together}`)
console.log(wrong.length === 0 ? 'the same verdicts' : `${wrong.length} differ`)
process.exitCode = wrong.length === 0 ? 0 : 1
