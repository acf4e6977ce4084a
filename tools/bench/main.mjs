// npm run bench: the figures that this machine gives, in a table and in bench-results.json. Called by the bootstrap after
// the build. An aim that is missed is marked and fails nothing; what cannot be measured here is skipped by name.
// UPSTREAM=PATH measures upstream's packetdrill beside ours. To run some sections only: node tools/bench/main.mjs SECTION…
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stackPath, unavailable } from '../../packages/dpdk-native/dist/index.js'
import { fitKernel } from '../../packages/engine/dist/index.js'
import { guardPath } from '../../packages/kernel-native/dist/guard.js'
import { machine } from './machine.mjs'
import { met, tableText } from './table.mjs'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/**
 * In this order. `stacks`: what it measures, each of which may be missing; `netns`: as the guard is asked for it; `asked`: it
 * takes minutes, and is measured where it is named only.
 */
const sections = [
  { name: 'ring-round-trip', stacks: ['lwip'], netns: 'host' },
  { name: 'injection-jitter', stacks: ['kernel', 'lwip'], netns: 'prefer' },
  { name: 'kernel-script', stacks: ['kernel'], netns: 'host' },
  { name: 'userspace-script', stacks: ['lwip'], netns: 'host' },
  { name: 'uml-script', stacks: ['uml'], netns: 'host' },
  { name: 'virtual-time', stacks: ['lwip'], netns: 'host' },
  { name: 'bulk-transfer', stacks: ['kernel', 'lwip'], netns: 'host' },
  { name: 'latency', stacks: ['kernel', 'lwip'], netns: 'prefer' },
  { name: 'parse-speed', stacks: [], netns: 'host' },
  { name: 'beside-upstream', stacks: ['kernel'], netns: 'host' },
  { name: 'corpus', stacks: ['kernel', 'uml', 'lwip'], netns: 'host', patienceMs: 3_600_000, asked: true },
]

/** A section that takes longer hangs. */
const PATIENCE_MS = 60_000

/** Why nothing can be measured on the stack here, or undefined. */
function refusal(stack) {
  if (!existsSync(guardPath())) return 'lunadrill-guard is not built: npm run setup'
  return { kernel: kernelRefusal, uml: umlRefusal, lwip: lwipRefusal }[stack]()
}

function umlRefusal() {
  try {
    fitKernel()
    return undefined
  } catch (error) {
    return error.message
  }
}

function lwipRefusal() {
  return unavailable() ?? (existsSync(stackPath('libluna.so')) ? undefined : 'libluna.so is not built: npm run setup')
}

/** Opens a kernel host in a namespace of its own, as a run would. */
function kernelRefusal() {
  const args = ['--netns=private', '--', process.execPath, join(root, 'tools/demo/kernel-probe.mjs')]
  const probe = spawnSync(guardPath(), args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] })
  if (probe.status === 0) return undefined
  const words = probe.stderr || probe.error?.message || `the probe ended with ${probe.status ?? probe.signal}`
  return words.trim().split('\n').at(-1)
}

/** A section in a process of its own, so that none is warmed or worn by another. Below the guard, which ends what is left. */
function runSection({ name, netns, patienceMs = PATIENCE_MS }, stacks) {
  const command = [process.execPath, fileURLToPath(new URL('section.mjs', import.meta.url)), name, stacks.join(',')]
  const guarded = existsSync(guardPath()) ? [guardPath(), `--netns=${netns}`, '--', ...command] : command
  const child = spawn(guarded[0], guarded.slice(1), { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err] = [[], []]
  child.stdout.on('data', (octets) => out.push(octets))
  child.stderr.on('data', (octets) => err.push(octets))
  const timer = setTimeout(() => child.kill('SIGTERM'), patienceMs)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status, signal) => {
      clearTimeout(timer)
      if (status === 0) {
        resolve(JSON.parse(Buffer.concat(out).toString().trim().split('\n').at(-1)))
        return
      }
      reject(new Error(Buffer.concat(err).toString().trim() || `it ended with ${status ?? signal}`))
    })
  })
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !sections.some((section) => section.name === name))
if (unknown.length > 0) {
  console.error(`no section ${unknown.join(', ')}; there are: ${sections.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}

const started = performance.now()
const results = { ...machine(), rows: [], skipped: [], failed: [], tookS: 0 }
const { node, kernel, dpdk, cpu, cpus, loadBefore } = results
console.log(`Node ${node}, Linux ${kernel}, DPDK ${dpdk ?? '–'}, ${cpus} × ${cpu}, load ${loadBefore.join(' ')}`)
if (loadBefore[0] > 0.5) console.log('This machine is busy: the figures will be worse than it can do.')

const refusals = new Map(['kernel', 'uml', 'lwip'].map((stack) => [stack, refusal(stack)]))
for (const section of sections) {
  if (wanted.length > 0 ? !wanted.includes(section.name) : section.asked) continue
  const possible = section.stacks.filter((stack) => refusals.get(stack) === undefined)
  for (const stack of section.stacks) {
    const reason = refusals.get(stack)
    if (reason !== undefined) results.skipped.push({ section: section.name, stack, reason })
  }
  if (possible.length === 0 && section.stacks.length > 0) continue
  if (process.stderr.isTTY) process.stderr.write(`${section.name}…\x1b[K\r`)
  try {
    const rows = await runSection(section, possible)
    results.rows.push(...rows.map((row) => ({ section: section.name, ...row, met: met(row) })))
  } catch (error) {
    results.failed.push({ section: section.name, message: error.message })
  }
}
if (process.stderr.isTTY) process.stderr.write('\x1b[K')
results.tookS = Number(((performance.now() - started) / 1000).toFixed(1))

console.log(`\n${tableText(results.rows)}\n`)
for (const { section, stack, reason } of results.skipped) console.log(`skipped: ${section} on ${stack}: ${reason}`)
for (const { section, message } of results.failed) console.log(`failed: ${section}: ${message.split('\n')[0]}`)
const missed = results.rows.filter((row) => row.met === false).length
let kept = 'raw figures in bench-results.json'
try {
  writeFileSync(join(root, 'bench-results.json'), `${JSON.stringify(results, null, 2)}\n`)
} catch (error) {
  kept = `the raw figures are lost: ${error.message}`
}
console.log(`${missed === 0 ? 'no aim missed' : `${missed} missed`}; ${results.tookS} s; ${kept}`)
process.exitCode = results.failed.length === 0 ? 0 : 1
