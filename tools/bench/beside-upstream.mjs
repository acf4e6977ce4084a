// Ours and upstream's packetdrill, measured alike and from outside: CPU per trivial script, jitter of injected packets, time
// for reading 100,000 lines. UPSTREAM names upstream's binary; without it, ours stands alone and nothing is missed.
// Upstream runs in a network namespace of its own, one for all of its runs.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRunner } from '../../packages/engine/dist/index.js'
import { childrenCpuUs } from '../../packages/kernel-native/dist/index.js'
import { parseScript } from '../../packages/parser/dist/index.js'
import { rounded, summary } from './figures.mjs'
import { hundredThousandLines } from './parse-speed.mjs'

const upstream = process.env.UPSTREAM || null
const trivial = fileURLToPath(new URL('handshake.pkt', import.meta.url))
const capture = fileURLToPath(new URL('capture.py', import.meta.url))
const onKernel = /** @type {const} */ ({
  stack: { kind: 'kernel', name: 'kernel' },
  clock: 'wall',
  options: [],
  adminPort: 0,
})
const WARM_UP = 10
const RUNS = 30
const JITTER_RUNS = 3
const PARSE_RUNS = 5
const PACKETS = 200
const GAP_US = 5000

export async function measure() {
  const folder = mkdtempSync(join(tmpdir(), 'lunadrill-bench-'))
  try {
    return [
      row('CPU per warm trivial script', 'ms', 0.25, await cpuMs(), upstream && upstreamCpuMs()),
      row(
        'injection jitter p99, from outside',
        'µs',
        0.25,
        await jitterUs(folder, runOurs),
        upstream && (await jitterUs(folder, runUpstream)),
      ),
      row('parse 100,000 lines, beside', 'ms', 1, parseMs(), upstream && upstreamParseMs(folder)),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** `most`: of upstream's figure. */
function row(measure, unit, most, ours, theirs) {
  const ratio = theirs === null ? null : ours.figure / theirs.figure
  const aim = { figure: 'ratio', most, is: "of upstream's" }
  const figures = { median: ours.figure, p99: null, upstream: theirs?.figure ?? null, ratio }
  return { measure, ...figures, unit, aim, raw: { ours: ours.raw, upstream: theirs?.raw ?? null } }
}

const medianOf = (samples) => ({ figure: summary(samples).median, raw: rounded(samples) })

/** Runs a line of shell, in a namespace with lo up; `$UPSTREAM` is the binary. */
function inNamespace(line) {
  const ran = spawnSync('unshare', ['-n', 'sh', '-c', `ip link set lo up; ${line}`], { encoding: 'utf8' })
  if (ran.status !== 0) throw new Error(`upstream: ${ran.error?.message ?? ran.stderr}`)
  return ran.stdout
}

/** Supervisor and run process, of runs that follow each other in one process. */
async function cpuMs() {
  const runner = createRunner({ netns: 'private', commandOutput: 'stderr' })
  const request = { scriptPath: trivial, ...onKernel }
  try {
    const samples = []
    for (let i = 0; i < WARM_UP + RUNS; i++) {
      const before = process.cpuUsage()
      const { verdict, message, cpuS } = await runner.run(request)
      if (verdict !== 'pass') throw new Error(message)
      const { user, system } = process.cpuUsage(before)
      if (i >= WARM_UP) samples.push((user + system) / 1000 + cpuS * 1000)
    }
    return medianOf(samples)
  } finally {
    await runner.close()
  }
}

/** Its process and those that it starts; the namespace and the shell are left out by a second, empty round. */
function upstreamCpuMs() {
  const round = (command) => {
    const before = childrenCpuUs()
    inNamespace(`i=0; while [ $i -lt ${RUNS} ]; do ${command} || exit 1; i=$((i + 1)); done`)
    return (childrenCpuUs() - before) / 1000
  }
  const [whole, empty] = [round(`"$UPSTREAM" '${trivial}'`), round(':')]
  return { figure: (whole - empty) / RUNS, raw: { whole, empty } }
}

/** The kernel's stamps of packets in a row; how far each is behind the earliest of them, at the script's distances. */
async function jitterUs(folder, run) {
  const p99s = []
  for (let i = 0; i < JITTER_RUNS; i++) {
    const file = join(folder, `stamps-${i}`)
    rmSync(file, { force: true })
    const script = join(folder, 'jitter.pkt')
    writeFileSync(script, jitterScript(file))
    await run(script)
    const stamps = readFileSync(file, 'utf8').trim().split('\n').map(BigInt)
    if (stamps.length < PACKETS) throw new Error(`${stamps.length} packets were captured`)
    const row = stamps.slice(-PACKETS)
    const lateUs = row.map((stamp, at) => Number(stamp - row[0]) / 1000 - at * GAP_US)
    const earliest = Math.min(...lateUs)
    p99s.push(summary(lateUs.map((late) => late - earliest)).p99)
  }
  return medianOf(p99s)
}

/** An empty ACK has no answer; the last command waits for the file. */
function jitterScript(file) {
  const ack = '< . 1:1(0) ack 1 win 32792'
  return `--tolerance_usecs=10000000
\`python3 '${capture}' '${file}' ${PACKETS + 2}\`
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1460>
+0 > S. 0:0(0) ack 1 <...>
+.01 ${ack}
+0 accept(3, ..., ...) = 4
+.1 ${ack}
${Array.from({ length: PACKETS - 1 }, () => `+.005 ${ack}`).join('\n')}
+.1 \`i=0; while [ ! -s '${file}' ] && [ $i -lt 100 ]; do sleep .02; i=$((i + 1)); done\`
`
}

async function runOurs(scriptPath) {
  const runner = createRunner({ netns: 'private', commandOutput: 'stderr' })
  try {
    // The first warms the process.
    await runner.run({ scriptPath: trivial, ...onKernel })
    const { verdict, message } = await runner.run({ scriptPath, ...onKernel })
    if (verdict !== 'pass') throw new Error(message)
  } finally {
    await runner.close()
  }
}

const runUpstream = (script) => inNamespace(`exec "$UPSTREAM" '${script}'`)

function parseMs() {
  const text = hundredThousandLines()
  const samples = []
  for (let i = 0; i < PARSE_RUNS; i++) {
    const started = performance.now()
    parseScript(text)
    samples.push(performance.now() - started)
  }
  return medianOf(samples)
}

/** `--dry_run` of it, less that of a trivial script. */
function upstreamParseMs(folder) {
  const large = join(folder, 'large.pkt')
  writeFileSync(large, hundredThousandLines())
  const took = (script) => {
    const samples = []
    for (let i = 0; i < PARSE_RUNS; i++) {
      const started = performance.now()
      const { status, stderr } = spawnSync(upstream, ['--dry_run', script], { encoding: 'utf8' })
      if (status !== 0) throw new Error(`upstream: ${stderr}`)
      samples.push(performance.now() - started)
    }
    return summary(samples).median
  }
  const [whole, start] = [took(large), took(trivial)]
  return { figure: whole - start, raw: { whole, start } }
}
