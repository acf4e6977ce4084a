// A guest as the supervisor has it: what a run process is for other stacks. Stays warm, takes one run at a time, and is
// replaced when its kernel has failed. Supervisor. Read first: boot.ts, post.ts, kernel-fault.ts.
import { type FSWatcher, readFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import type { RunnerOptions } from '../run/runner.js'
import type { InterpreterReport, RunMessage, RunOrder } from '../run/task.js'
import { bootGuest, type Guest, LOG, PID } from './boot.js'
import { bootFailure } from './boot-failure.js'
import { Follower } from './follower.js'
import { HangWatch, patienceS } from './hang-watch.js'
import { diedReport, faultReport, hangReport } from './kernel-fault.js'
import { readKernelLog } from './kernel-log.js'
import { ENDED, isThere, orderName, put, READY, reportName, take } from './post.js'
import { guestCpu, sumS } from './process-tree.js'

type Done = Extract<RunMessage, { kind: 'done' }>

/** How long a guest that has nothing to do goes on looking for an order, milliseconds. */
const REST_MS = 100

/** `spent`: its kernel has complained, or has ended: this guest takes no further run. */
export interface GuestDone extends Done {
  readonly spent: boolean
}

export class GuestProcess {
  private readonly guest: Guest
  private readonly watcher: FSWatcher
  private readonly exit: Promise<void>
  private exited = false
  /** Rejects with EngineError LD_KERNEL_BOOT. */
  private readonly booted: Promise<void>
  /** Open from the beginning on: the folder goes with the guest. */
  private readonly log: Follower
  private readonly ended: Follower
  private readonly output: readonly (readonly [Follower, NodeJS.WriteStream])[]
  /** Of the kernel's own process; 0 until it is known. */
  private pid = 0
  /** Orders so far. */
  private count = 0
  private resting = false
  private rest: NodeJS.Timeout | undefined
  /** Called when something has appeared in the folder. */
  private onPost: () => void = () => {}

  constructor(
    readonly program: string,
    readonly seed: number,
    { commandOutput }: Pick<RunnerOptions, 'commandOutput'>,
  ) {
    this.guest = bootGuest(program, seed)
    const { child, post } = this.guest
    this.watcher = watch(post, () => this.onPost())
    this.log = new Follower(join(post, LOG))
    this.ended = new Follower(join(post, ENDED))
    this.output = [
      [new Follower(join(post, 'stdout')), process[commandOutput]],
      [new Follower(join(post, 'stderr')), process.stderr],
    ]
    this.exit = new Promise((resolve) => {
      child.once('error', () => resolve())
      child.once('exit', () => resolve())
    })
    void this.exit.then(() => {
      this.exited = true
      this.watcher.close()
    })
    this.booted = this.boot()
    this.booted.catch(() => {})
  }

  private async boot(): Promise<void> {
    if (!(await this.appears(READY))) throw bootFailure(this.program, textOf(this.ended), textOf(this.log))
    this.pid = Number(readFileSync(join(this.guest.post, PID), 'utf8'))
  }

  /** Resolves to what came of it, whatever becomes of the guest. Rejects with EngineError LD_KERNEL_BOOT. */
  async carryOut(order: RunOrder): Promise<GuestDone> {
    await this.booted
    const started = performance.now()
    const cpuBefore = sumS(guestCpu(this.pid))
    const done = (report: InterpreterReport, spent: boolean): GuestDone => ({
      kind: 'done',
      runId: order.runId,
      report,
      clock: 'virtual',
      wallS: (performance.now() - started) / 1000,
      cpuS: Math.max(0, sumS(guestCpu(this.pid)) - cpuBefore),
      spent,
    })
    this.wake()
    const from = this.log.length()
    const log = () => this.log.from(from).toString('utf8')
    const name = reportName(++this.count)
    const { stack: _stack, clock: _clock, admin: _admin, neighbours: _neighbours, ...given } = order
    put(this.guest.post, orderName(this.count), given)
    const hang = new HangWatch(
      () => this.log.length(),
      () => guestCpu(this.pid),
      patienceS(order.options.hangTimeoutS),
    )
    const came = await Promise.race([this.appears(name), hang.hung])
    hang.stop()
    this.passOn()
    if (typeof came === 'object') {
      const report = hangReport(order, came, log())
      await this.end()
      return done(report, true)
    }
    if (!came) return done(diedReport(order, log(), textOf(this.ended)), true)
    const { report: complaint } = readKernelLog(log(), order.runId)
    const report = take(this.guest.post, name) as InterpreterReport
    if (complaint !== null) return done(faultReport(order, complaint), true)
    this.rest = setTimeout(() => this.sleep(), REST_MS)
    return done(report, false)
  }

  /** A file in the folder: true; the end of the guest: false. */
  private appears(name: string): Promise<boolean> {
    return new Promise((resolve) => {
      this.onPost = () => {
        if (isThere(this.guest.post, name)) resolve(true)
      }
      this.onPost()
      void this.exit.then(() => resolve(false))
    })
  }

  /** What the script's commands have written. */
  private passOn(): void {
    for (const [file, stream] of this.output) {
      const octets = file.next()
      if (octets.length > 0) stream.write(octets)
    }
  }

  /** Looking for an order takes a processor: one that has nothing to do is stopped. */
  private sleep(): void {
    if (!this.exited && this.pid > 0) process.kill(this.pid, 'SIGSTOP')
    this.resting = true
  }

  private wake(): void {
    clearTimeout(this.rest)
    if (this.resting && !this.exited) process.kill(this.pid, 'SIGCONT')
    this.resting = false
  }

  async end(): Promise<void> {
    clearTimeout(this.rest)
    if (!this.exited) this.guest.child.kill('SIGTERM')
    await this.exit
    for (const each of [this.log, this.ended, ...this.output.map(([file]) => file)]) each.close()
  }
}

const textOf = (file: Follower) => file.from(0).toString('utf8')
