// How late a packet of a script is injected: 200 lines 5 ms apart, carried out by the product's own run (carryOut, on a
// thread as the interpreter's), several times in one thread, the first of them cold.
//
// Kernel: measured by the kernel. A second process in the run's network namespace (capture.py) reads the stamps that the
// kernel gives each packet when it comes in from tun0; the recording Host only tells which moment was time 0. So the figure
// has in it the wake-up, the way through JavaScript, and the write to the device.
// lwIP in wall time: the stamp is the host thread's, taken when it gives the packet to the tester's port.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DpdkHost } from '../../packages/engine/dist/host/dpdk-host.js'
import { KernelHost } from '../../packages/engine/dist/host/kernel-host.js'
import { raisePriority } from '../../packages/kernel-native/dist/index.js'
import { carryOutText, kernelTask } from './carry-out-text.mjs'
import { rounded, summary } from './figures.mjs'
import { withLwip } from './lwip-instance.mjs'
import { onInterpreterThread } from './on-interpreter-thread.mjs'

const PACKETS = 200
const GAP_US = 5000
const FIRST_US = 100_000
/** Of the handshake: injected before those that count. */
const BEFORE = 2
const KERNEL_RUNS = 5
const LWIP_RUNS = 3

export async function measure(stacks) {
  const rows = []
  if (stacks.has('kernel')) {
    const runs = await onInterpreterThread(import.meta.url, 'kernelRuns', { runs: KERNEL_RUNS })
    rows.push(row('injection late by (kernel)', runs, { figure: 'p99', below: 25 }))
  }
  if (stacks.has('lwip')) {
    const runs = []
    for (let i = 0; i < LWIP_RUNS; i++) {
      const { answer } = await withLwip('wall', import.meta.url, 'lwipRun')
      runs.push(answer)
    }
    rows.push(row('injection late by (lwip, wall clock)', runs, null))
  }
  return rows
}

/** Of each figure the runs' median: one run in which the machine did something else does not stand for all. */
function row(measure, runs, aim) {
  const each = runs.map((run) => summary(run.lateUs))
  const ofRuns = (figure) => summary(each.map((run) => run[figure])).median
  const raw = { pooled: summary(runs.flatMap((run) => run.lateUs)), p99OfRuns: each.map((run) => run.p99), runs }
  return { measure, median: ofRuns('median'), p99: ofRuns('p99'), unit: 'µs', aim, raw }
}

/** An empty ACK has no answer, so the stack says nothing between the lines. */
function script(init) {
  const lines = [
    ...(init === null ? [] : [`\`${init}\``]),
    '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3',
    '+0 bind(3, ..., ...) = 0',
    '+0 listen(3, 1) = 0',
    '+0 < S 0:0(0) win 32792 <mss 1460>',
    '+0 > S. 0:0(0) ack 1 <mss 1460>',
    '+.01 < . 1:1(0) ack 1 win 32792',
    '+0 accept(3, ..., ...) = 4',
    `${FIRST_US / 1e6} < . 1:1(0) ack 1 win 32792`,
    ...Array.from({ length: PACKETS - 1 }, () => `+.005 < . 1:1(0) ack 1 win 32792`),
  ]
  return lines.join('\n')
}

/** In a row of inbound lines, relative times count from the line before (4-running.md 2.3). */
const dueUs = (index) => FIRST_US + index * GAP_US

/** A late injection is what is measured here, and no reason to stop. */
const patient = { toleranceUsecs: 10_000_000 }

class RecordingKernelHost extends KernelHost {
  /** CLOCK_MONOTONIC at time 0, nanoseconds. */
  zeroNs = 0n
  wakeAt = 0
  woken = 0
  /** How late each wait came back: tells a late wake-up from a long way to the kernel. Taken beside the timed path. */
  wokenLateUs = []

  start() {
    super.start()
    let tightest = Number.POSITIVE_INFINITY
    for (let i = 0; i < 20; i++) {
      const before = process.hrtime.bigint()
      const now = this.now()
      const width = Number(process.hrtime.bigint() - before)
      if (width >= tightest) continue
      tightest = width
      this.zeroNs = before + BigInt(Math.round(width / 2 - now * 1000))
    }
  }

  waitUntil(us) {
    this.wakeAt = us
    this.woken = super.waitUntil(us)
    return this.woken
  }

  inject(length, atUs = 0) {
    const answer = super.inject(length, atUs)
    this.wokenLateUs.push(this.woken - this.wakeAt)
    return answer
  }
}

/** Interpreter thread. */
export function kernelRuns({ runs }) {
  raisePriority()
  return Array.from({ length: runs }, kernelRun)
}

function kernelRun() {
  const folder = mkdtempSync(join(tmpdir(), 'lunadrill-bench-'))
  try {
    const file = join(folder, 'stamps')
    const capture = fileURLToPath(new URL('capture.py', import.meta.url))
    const recording = []
    carryOutText(
      script(`python3 '${capture}' '${file}' ${BEFORE + PACKETS}`),
      kernelTask,
      (addresses, options) => {
        recording.push(new RecordingKernelHost(addresses, options))
        return recording[0]
      },
      patient,
    )
    const [host] = recording
    const stamps = readWhenThere(file).slice(BEFORE)
    return {
      lateUs: rounded(stamps.map((stamp, i) => Number(BigInt(stamp) - host.zeroNs) / 1000 - dueUs(i))),
      wokenLateUs: summary(host.wokenLateUs.slice(BEFORE)),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The capturing process writes its file at once, a moment after the last packet. */
function readWhenThere(file) {
  const until = performance.now() + 3000
  for (;;) {
    try {
      return readFileSync(file, 'utf8').trim().split('\n')
    } catch (error) {
      if (error.code !== 'ENOENT' || performance.now() > until) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    }
  }
}

class RecordingDpdkHost extends DpdkHost {
  injectedUs = []
  wokenLateUs = []
  wakeAt = 0
  woken = 0

  waitUntil(us) {
    this.wakeAt = us
    this.woken = super.waitUntil(us)
    return this.woken
  }

  inject(length, atUs = 0) {
    const answer = super.inject(length, atUs)
    // The host thread's answer, for which `inject` has waited, is still open: its time is when it injected.
    this.injectedUs.push(/** @type {any} */ (this).client.timeUs)
    this.wokenLateUs.push(this.woken - this.wakeAt)
    return answer
  }
}

/** Interpreter thread. */
export function lwipRun({ host: of }) {
  const host = new RecordingDpdkHost(of)
  carryOutText(script(null), of, () => host, patient)
  return {
    lateUs: rounded(host.injectedUs.slice(BEFORE).map((us, i) => us - dueUs(i))),
    wokenLateUs: summary(host.wokenLateUs.slice(BEFORE)),
  }
}
