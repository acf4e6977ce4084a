// npm run boots [-- --boots=N --seed=N SCRIPT]: one script on so many boots (200) of a kernel in virtual time, each from
// nothing, must give the same octets of trace. Beside a busy loop for each processor. Exit status 1 where one differs.
import { spawn } from 'node:child_process'
import { cpus } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createRunner, fitKernel } from '../../packages/engine/dist/index.js'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const { values, positionals } = parseArgs({
  options: { boots: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
  allowPositionals: true,
})
const [boots, seed] = [Number(values.boots), Number(values.seed)]
const scriptPath = resolve(positionals[0] ?? join(root, 'examples/both.pkt'))
if (!(boots > 0) || !Number.isInteger(seed) || positionals.length > 1) {
  console.error('use: npm run boots [-- --boots=N --seed=N SCRIPT]')
  process.exit(2)
}

function kernel() {
  try {
    return fitKernel()
  } catch (error) {
    console.error(error.message)
    process.exit(2)
  }
}

/** Verdict and trace of one run on a boot of its own. */
async function bootAndRun(program) {
  const runner = createRunner({ netns: 'private', commandOutput: 'stderr' })
  try {
    const { verdict, message, trace } = await runner.run({
      scriptPath,
      stack: { kind: 'uml', name: 'uml', program },
      clock: 'virtual',
      options: [],
      adminPort: 0,
      trace: 'live',
      seed,
    })
    return [`${verdict} ${message ?? ''}`, ...trace].join('\n')
  } finally {
    await runner.close()
  }
}

const program = kernel()
const hogs = cpus().map(() => spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }))
const endHogs = () => {
  for (const hog of hogs) hog.kill('SIGKILL')
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    endHogs()
    process.exit(130)
  })
}
const started = performance.now()
/** How often each trace came. */
const traces = new Map()
try {
  for (let i = 0; i < boots; i++) {
    const trace = await bootAndRun(program)
    traces.set(trace, (traces.get(trace) ?? 0) + 1)
    if ((i + 1) % 20 === 0) console.log(`${i + 1} boots: ${traces.size} traces`)
  }
} finally {
  endHogs()
}
const seconds = ((performance.now() - started) / 1000).toFixed(1)
console.log(`${boots} boots in ${seconds} s beside ${hogs.length} busy loops: ${traces.size} different traces`)
for (const [trace, times] of traces.size > 1 ? traces : []) console.log(`\n${times} times:\n${trace}`)
process.exitCode = traces.size === 1 ? 0 : 1
