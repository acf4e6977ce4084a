// npm run demo: the examples on both stacks, and a table of what they took. Called by the bootstrap after the build.
// Where this machine allows no kernel run, that part is skipped by name. Exit status 1 if a verdict is not the expected.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** Which example runs on which stacks, with which verdict, and what it shows. */
const examples = [
  { script: 'examples/kernel.pkt', stacks: ['kernel'], verdict: 'pass', shows: "the talk's script, for the kernel" },
  { script: 'examples/userspace.pkt', stacks: ['lwip'], verdict: 'pass', shows: "the talk's script, for lwIP on DPDK" },
  { script: 'examples/both.pkt', stacks: ['kernel', 'lwip'], verdict: 'pass', shows: 'one script, two stacks' },
  {
    script: 'examples/pollinghang.pkt',
    stacks: ['lwip'],
    verdict: 'pass',
    shows: 'a stack whose polling thread is held',
  },
  {
    script: 'examples/sack.pkt',
    stacks: ['lwip-sack'],
    verdict: 'pass',
    shows: 'lwIP with SACK and timestamps',
  },
]

/** Why no script can run on the stack here, or undefined. */
function refusal(stack) {
  if (stack === 'kernel') return kernelRefusal()
  const places = ['build/Release', `prebuilds/${process.platform}-${process.arch}`]
  const has = (file) => places.some((place) => existsSync(join(root, 'packages/dpdk-native', place, file)))
  if (has(stack === 'lwip' ? 'libluna.so' : 'libluna-sack.so')) return undefined
  if (stack === 'lwip-sack') return "lwIP's source has not been fetched (npm run setup says why)"
  return 'DPDK is not installed (sudo apt-get install -y --no-install-recommends pkg-config libdpdk-dev liblwip-dev)'
}

/** Opens a kernel host in a namespace of its own, as a run would. */
function kernelRefusal() {
  const directory = join(root, 'packages/kernel-native')
  const places = ['build/Release', `prebuilds/${process.platform}-${process.arch}`]
  const guard = places.map((place) => join(directory, place, 'lunadrill-guard')).find(existsSync)
  if (guard === undefined) return 'lunadrill-guard is not built: npm run setup'
  const args = ['--netns=private', '--', process.execPath, join(root, 'tools/demo/kernel-probe.mjs')]
  const probe = spawnSync(guard, args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] })
  if (probe.status === 0) return undefined
  return (probe.stderr || probe.error?.message || `the probe ended with ${probe.status ?? probe.signal}`)
    .trim()
    .split('\n')
    .at(-1)
}

/** Runs one script on one stack. Returns the run's JSON object, or one made from what went wrong. */
function drill(script, stack) {
  const ran = spawnSync(join(root, 'lunadrill'), ['run', `--stack=${stack}`, '--reporter=json', script], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  try {
    return JSON.parse(ran.stdout.trim().split('\n').at(-1))
  } catch {
    const message =
      ran.error?.message ?? (ran.stderr.trim() || `lunadrill ended with ${ran.status ?? ran.signal}, without a report`)
    return { verdict: 'error', message }
  }
}

const milliseconds = (seconds) => (typeof seconds === 'number' ? `${(seconds * 1000).toFixed(0)} ms` : '–')

/** Rows of cells as text, each column as wide as its widest cell. */
function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const refusals = new Map(['kernel', 'lwip', 'lwip-sack'].map((stack) => [stack, refusal(stack)]))
const rows = [['script', 'stack', 'clock', 'verdict', 'wall', 'cpu', 'shows']]
const notes = []
let wrong = 0
for (const { script, stacks, verdict, shows } of examples) {
  for (const stack of stacks) {
    if (refusals.get(stack) !== undefined) {
      rows.push([script, stack, '–', 'skipped', '–', '–', shows])
      continue
    }
    const run = drill(script, stack)
    const expected = run.verdict === verdict
    if (!expected) {
      wrong += 1
      notes.push(`${script} on ${stack}: expected ${verdict}, got ${run.verdict}\n${run.message ?? ''}`)
    }
    const shown = expected ? run.verdict : `${run.verdict} (!)`
    rows.push([script, stack, run.clock ?? '–', shown, milliseconds(run.wall_s), milliseconds(run.cpu_s), shows])
  }
}
console.log(table(rows))
for (const [stack, reason] of refusals) if (reason !== undefined) console.log(`\nskipped: ${stack}: ${reason}`)
for (const note of notes) console.log(`\n${note.trimEnd()}`)
if (wrong > 0) console.log(`\n${wrong} verdict${wrong === 1 ? ' is' : 's are'} not what was expected`)
if (refusals.get('kernel') && refusals.get('lwip')) {
  console.log('\nnothing could be run on this machine')
  process.exitCode = 2
} else {
  process.exitCode = wrong === 0 ? 0 : 1
}
