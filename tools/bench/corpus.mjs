// The corpus whole on each stack, by tools/conformance: on the machine's kernel twelve at a time, as its waits are real;
// elsewhere as many as there are processors. Where there is no corpus (CORPUS=FOLDER) there is nothing to measure.
import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

const conformance = fileURLToPath(new URL('../conformance/main.mjs', import.meta.url))
/** For the wall time, seconds; upstream took 488 on the real clock (docs/conformance.md). */
const aims = { kernel: null, uml: { figure: 'median', most: 100 }, lwip: null }

export function measure(stacks) {
  return ['kernel', 'uml', 'lwip'].filter((stack) => stacks.has(stack)).flatMap((stack) => rows(stack, aims[stack]))
}

function rows(stack, aim) {
  const jobs = stack === 'kernel' ? 12 : cpus().length
  const args = [conformance, `--stack=${stack}`, `--jobs=${jobs}`]
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 26 })
  const [, seconds, cpu] = /: ([\d.]+) s, ([\d.]+) s of CPU/.exec(stdout) ?? []
  if (status !== 0 || seconds === undefined) throw new Error(stderr.trim() || `conformance ended with ${status}`)
  const row = (what, figure, aim) => ({
    measure: `corpus, ${jobs} at a time, ${what} (${stack})`,
    median: Number(figure),
    p99: null,
    unit: 's',
    aim,
    raw: { said: stdout.trim().split('\n').slice(-2) },
  })
  return [row('wall', seconds, aim), row('CPU', cpu, null)]
}
