// What one trivial script (handshake.pkt) costs: cold, the whole command from outside; warm, one run of many in one Runner.
// CPU is user and system time: cold of all processes by getrusage(2) RUSAGE_CHILDREN, warm as the run's process counts it
// for itself and its children; what the supervisor takes for a warm run (parsing, messages) is among the raw figures.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createRunner } from '../../packages/engine/dist/index.js'
import { childrenCpuUs } from '../../packages/kernel-native/dist/index.js'
import { rounded, summary } from './figures.mjs'

const script = fileURLToPath(new URL('handshake.pkt', import.meta.url))
const packetdrill = fileURLToPath(new URL('../../packetdrill', import.meta.url))
const lunadrill = fileURLToPath(new URL('../../lunadrill', import.meta.url))

const COLD_RUNS = 8
const WARM_UP = 10
const WARM_RUNS = 60

/**
 * Four rows. `request`: stack and clock of a run; `args`: the same for the command, packetdrill or (`--stack=`) lunadrill run;
 * `aim`: for the warm CPU time.
 */
export async function scriptCost(stack, args, request, aim) {
  const cold = coldRuns(args)
  const warm = await warmRuns(request)
  const row = (what, samples, aim = null, more = {}) => {
    const figures = summary(samples)
    return {
      measure: `${what} (${stack})`,
      median: figures.median,
      p99: null,
      unit: 'ms',
      aim,
      raw: { ...figures, ...more, samples },
    }
  }
  return [
    row('trivial script, cold, wall', cold.wallMs),
    row('trivial script, cold, CPU', cold.cpuMs),
    row('trivial script, warm, wall', warm.wallMs),
    row('trivial script, warm, CPU', warm.cpuMs, aim, { supervisorCpuMs: warm.supervisorCpuMs }),
  ]
}

/** The command as typed; the first one, which fills the page cache, does not count. */
function coldRuns(args) {
  const [wallMs, cpuMs] = [[], []]
  const [program, ...before] = args[0]?.startsWith('--stack=') ? [lunadrill, 'run'] : [packetdrill]
  for (let i = 0; i <= COLD_RUNS; i++) {
    const cpu = childrenCpuUs()
    const started = performance.now()
    const ran = spawnSync(program, [...before, ...args, script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    if (ran.status !== 0) throw new Error(`packetdrill ended with ${ran.status ?? ran.signal}: ${ran.stderr}`)
    if (i === 0) continue
    wallMs.push(performance.now() - started)
    cpuMs.push((childrenCpuUs() - cpu) / 1000)
  }
  return { wallMs: rounded(wallMs), cpuMs: rounded(cpuMs) }
}

async function warmRuns(request) {
  const runner = createRunner({ netns: 'private', commandOutput: 'stderr' })
  const [wallMs, cpuMs] = [[], []]
  let supervisor = process.cpuUsage()
  try {
    for (let i = 0; i < WARM_UP + WARM_RUNS; i++) {
      const result = await runner.run({ scriptPath: script, options: [], adminPort: 0, ...request })
      if (result.verdict !== 'pass') throw new Error(result.message)
      if (i < WARM_UP) {
        supervisor = process.cpuUsage()
        continue
      }
      wallMs.push(result.wallS * 1000)
      cpuMs.push(result.cpuS * 1000)
    }
  } finally {
    await runner.close()
  }
  const { user, system } = process.cpuUsage(supervisor)
  return { wallMs: rounded(wallMs), cpuMs: rounded(cpuMs), supervisorCpuMs: (user + system) / 1000 / WARM_RUNS }
}
