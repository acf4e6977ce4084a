// The host's thread: DPDK is initialised here once, then runs are served one at a time, each inside this thread's native
// poll loop, which no event loop interrupts. Entry of a worker_thread; its owner is dpdk-worker.ts.
// Read first: docs/architecture.md, "Parking"; dpdk-native/src/native.ts.
import { readlinkSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { type DpdkHost, loadNative, type Native, PollBit, unavailable } from '@lunadrill/dpdk-native'
import { EngineError } from '../errors.js'
import type { DpdkOpenOptions, DpdkThreadMessage } from './dpdk-worker.js'
import { Channel } from './layout.js'
import { objectFault, refusalRemedy } from './stack-object.js'

const port = parentPort!
const { eal, recordFd } = workerData as { eal: readonly string[]; recordFd: number | null }

let native: Native | undefined
let refused: unknown
try {
  const why = unavailable()
  if (why !== undefined) throw new EngineError('LD_DPDK_MISSING', why)
  native = loadNative()
  if (recordFd !== null) native.keepRecord(recordFd)
  native.initEal(eal)
} catch (error) {
  refused = error
}

port.on('message', (options: DpdkOpenOptions) => {
  let host: DpdkHost
  try {
    if (refused !== undefined) throw refused
    const fault = objectFault(options.soPath)
    if (fault !== null) throw fault
    host = new native!.DpdkHost({
      ...options,
      channel: new Uint8Array(options.channel),
      admin: new Uint8Array(options.admin),
    })
  } catch (error) {
    const { code = 'LD_HOST', message, remedy = refusalRemedy(code, message) } = error as EngineError
    send({ kind: 'failed', code, message, remedy })
    return
  }
  send({ kind: 'opened', stack: { ...host.stack(), tasks: tasksOf(host) } })
  const run = new Int32Array(options.channel)
  try {
    serve(host, run, new Int32Array(options.admin))
  } catch (error) {
    // Nobody serves the interpreter any more: it finds no layout that it knows when it wakes up.
    Atomics.store(run, Channel.version >> 2, 0)
    ring(run)
    throw error
  }
  const keptFrames = host.close()
  send({ kind: 'closed', keptFrames, leaks: host.leaks(), spent: host.spent() })
})

function send(message: DpdkThreadMessage): void {
  port.postMessage(message)
}

function tasksOf(host: DpdkHost): string[] {
  const carrier = host.carrier()
  return [`/proc/${readlinkSync('/proc/thread-self')}`, ...(carrier === 0 ? [] : [`/proc/${carrier}`])]
}

/** Until the interpreter closes the run. */
function serve(host: DpdkHost, run: Int32Array, admin: Int32Array): void {
  for (;;) {
    const bits = host.poll()
    if ((bits & PollBit.notifyRun) !== 0) ring(run)
    if ((bits & PollBit.notifyAdmin) !== 0) ring(admin)
    if ((bits & PollBit.closed) !== 0) return
    if ((bits & PollBit.mayPark) !== 0) park(host, run)
  }
}

function ring(channel: Int32Array): void {
  Atomics.add(channel, Channel.clientDoorbell >> 2, 1)
  Atomics.notify(channel, Channel.clientDoorbell >> 2)
}

// First the doorbell's number, then the announcement, then a last look: a command that comes after the look is published by
// a client that sees the announcement, and its ring changes the number.
function park(host: DpdkHost, run: Int32Array): void {
  const seen = Atomics.load(run, Channel.hostDoorbell >> 2)
  Atomics.store(run, Channel.hostParked >> 2, 1)
  if (!host.pending()) Atomics.wait(run, Channel.hostDoorbell >> 2, seen, host.parkTimeoutMs())
  Atomics.store(run, Channel.hostParked >> 2, 0)
}
