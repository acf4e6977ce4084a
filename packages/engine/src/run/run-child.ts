// Entry of a run's process (below lunadrill-guard): takes runs from the supervisor, one at a time, and stays warm between
// them. Main thread: its event loop serves the supervisor's channel, the admin server and the watchdog.
// Read first: docs/architecture.md, "Processes and threads".
import { lendRuntimeFolder } from '@lunadrill/dpdk-native'
import { childrenCpuUs, setPace } from '@lunadrill/kernel-native'
import { Piscina } from 'piscina'
import { planClient } from '../remote/client-plan.js'
import { addressesOf } from './addresses.js'
import { type Gate, gate as openGate } from './gate.js'
import { OptionError } from './options.js'
import { restoreEnvironment } from './sanitizer.js'
import {
  type InterpreterReport,
  type InterpreterTask,
  type RunMessage,
  type RunnerMessage,
  type RunOrder,
  taskOf,
} from './task.js'
import type { RunOptions } from './types.js'
import { unbegun } from './unbegun.js'
import { type UserspaceReport, UserspaceRuns } from './userspace-runs.js'

// Before the interpreter's thread copies the environment: a script's shells are children of this process.
restoreEnvironment(process.env)
process.env.PACKETDRILL_PID = String(process.pid)
// Ctrl-C is the supervisor's to act on: it ends this process by closing the channel.
process.on('SIGINT', () => {})
// By a signal: process.exit() would wait for a thread that hangs in its stack.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))

const interpreter = new Piscina<InterpreterTask | null, InterpreterReport | null>({
  filename: new URL('./interpreter-thread.js', import.meta.url).href,
  minThreads: 1,
  maxThreads: 1,
  // Room for all that a script allocates while it is timed: nothing is collected in its midst.
  resourceLimits: { maxYoungGenerationSizeMb: 64 },
  idleTimeout: Number.POSITIVE_INFINITY,
})
const send = (message: RunMessage) => process.send?.(message)
const carryOut = (task: InterpreterTask) => interpreter.run(task) as Promise<InterpreterReport>
const userspace = new UserspaceRuns(carryOut, (runId, entry, seconds, how) => {
  send({ kind: 'hang', runId, entry, seconds, how })
})

/** So long after a run the processor that it was timed on is kept awake for the next one. */
const REST_MS = 100
let rest: NodeJS.Timeout | undefined

process.on('message', (message: RunnerMessage) => {
  if (message.kind === 'go') {
    if (message.runId === gated?.runId) gated.gate.go()
    return
  }
  const { order } = message
  clearTimeout(rest)
  void run(order).then((message) => {
    send(message)
    rest = setTimeout(() => setPace('off'), REST_MS)
  })
})
void interpreter.run(null).then(() => send({ kind: 'ready' }))

/** The run that waits, or has waited, for the word to begin its timed part. */
let gated: { readonly runId: number; readonly gate: Gate } | null = null

/** CPU time that kept the processor awake in the runs before. */
let pacemakerUs = 0

async function run(order: RunOrder): Promise<RunMessage> {
  process.chdir(order.cwd)
  const started = performance.now()
  const cpu = process.cpuUsage()
  const children = childrenCpuUs()
  const { report, clock, spent = false } = await reportOf(order)
  const { user, system } = process.cpuUsage(cpu)
  const paced = Math.max(0, report.pacemakerUs - pacemakerUs)
  pacemakerUs += paced
  return {
    kind: 'done',
    runId: order.runId,
    report,
    clock,
    spent,
    wallS: (performance.now() - started) / 1000,
    cpuS: (user + system + childrenCpuUs() - children - paced) / 1e6,
  }
}

async function reportOf(order: RunOrder): Promise<UserspaceReport> {
  const { stack } = order
  try {
    if (stack.kind === 'userspace' && order.options.wireMode !== null) {
      throw new OptionError('remote wire mode tests the kernel, not a userspace stack')
    }
    if (stack.kind === 'userspace') return await userspace.run(order, stack.soPath)
    return { report: await withRuntimeFolder(order.options, () => kernelReport(order)), clock: 'wall' }
  } catch (error) {
    return { report: unbegun(order, error), clock: stack.kind === 'kernel' ? 'wall' : (order.clock ?? 'virtual') }
  }
}

/** The interpreter's thread may set DPDK up, and has an environment of its own. */
async function withRuntimeFolder<Result>({ port }: RunOptions, body: () => Promise<Result>): Promise<Result> {
  const takeBack = port.kind === 'tap' ? lendRuntimeFolder() : () => {}
  try {
    return await body()
  } finally {
    takeBack()
  }
}

async function kernelReport(order: RunOrder): Promise<InterpreterReport> {
  const { options, runId } = order
  if (options.wireMode !== null) {
    const remote = await planClient(options)
    const task = taskOf({ ...order, options: remote.options }, addressesOf(remote.options, false))
    return carryOut({ ...task, host: { kind: 'wire', plan: remote.plan } })
  }
  const task = taskOf(order, addressesOf(options, false))
  if (!order.neighbours) return carryOut({ ...task, host: { kind: 'kernel', gate: null } })
  const gate = openGate((kind) => send({ kind, runId }))
  gated = { runId, gate }
  try {
    const { end } = gate
    return (await interpreter.run(
      { ...task, host: { kind: 'kernel', gate: end } },
      // A port crosses by being given away.
      { transferList: [end.port] },
    )) as InterpreterReport
  } finally {
    gate.close()
    gated = null
  }
}
