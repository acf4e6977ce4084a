// Holds a stack object against luna_stack.h, in processes of its own: what it does to them is a finding. Supervisor; loads
// no stack and no addon. Read first: check-child.ts; dpdk-native/native/stack-check/stack-check.h.
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { guardPath } from '@lunadrill/kernel-native/guard'
import { EngineError } from '../errors.js'
import { stackFault } from '../flight/stack-fault.js'
import { ProgressPage } from '../host/progress.js'
import { endMarked, MARK, newMark } from '../run/marked-processes.js'
import { type CheckAnswer, type CheckOrder, LINES_FD, type LookOrder } from './messages.js'
import { ReportReader } from './report-reader.js'
import { declaredBy, lacksOf } from './ruled-out.js'
import type { StackCheckResult } from './types.js'

/** After so many processes that the stack has taken down, the rest is left for the next time. */
const FAULTS = 3
/** Nothing that a stack does takes longer, on a busy machine either. */
const PATIENCE_MS = 5000
/** For its backtrace, of a stack that hangs. */
const LOOK_MS = 2000

export interface StackCheckOptions {
  /** How long one call of the stack may take, milliseconds of wall time; absent: 5000. */
  readonly patienceMs?: number
  /** Ends the check: it rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/**
 * `soPath`: absolute. EngineError where there is nothing to check: LD_STACK_NOT_FOUND, LD_STACK_NOT_ELF, LD_STACK_SYMBOL,
 * LD_STACK_VERSION, LD_DPDK_MISSING, LD_EAL, LD_GUARD.
 */
export async function checkStack(soPath: string, options: StackCheckOptions = {}): Promise<StackCheckResult> {
  const { patienceMs = PATIENCE_MS, signal } = options
  const reader = new ReportReader()
  let stopped: string | null = null
  let faults = 0
  let first: number | null = 0
  while (first !== null && stopped === null) {
    const order: CheckOrder = { kind: 'check', soPath, first, capabilities: reader.stack?.capabilities ?? 0n }
    const process = new CheckProcess(order, reader, patienceMs)
    const end = await process.end(signal)
    signal?.throwIfAborted()
    if (end.kind === 'failed') throw new EngineError(end.code, end.message, end.remedy)
    if (end.kind === 'done') {
      first = end.next
      if (first !== null && !declares(reader, 'RESET')) {
        reader.add('shutdown', 'the object leaves the process (RELOAD)', 'fail', 'unloaded by dlclose()', 'it stays')
        stopped = 'no fresh instance can be had of an object that stays loaded: offer LUNA_CAP_RESET, or let it go'
      }
      continue
    }
    reader.died(end.kind, end.how, end.fault)
    faults += 1
    first = reader.group + 1
    if (reader.stack === null) stopped = 'its table could not be looked at'
    else if (faults === FAULTS) stopped = `it has taken down ${FAULTS} processes: mend what is found first`
  }
  const { stack, checks } = reader
  const capabilities = stack?.capabilities ?? 0n
  return {
    object: soPath,
    name: stack?.name ?? '',
    version: stack?.version ?? '',
    abi: stack?.abi ?? '',
    declares: declaredBy(capabilities),
    checks,
    lacks: stack === null ? [] : lacksOf(capabilities),
    stopped,
  }
}

const declares = (reader: ReportReader, name: string) =>
  declaredBy(reader.stack?.capabilities ?? 0n).some((each) => each === name)

type End =
  | Extract<CheckAnswer, { kind: 'done' | 'failed' }>
  | { readonly kind: 'crash' | 'hang'; readonly how: string; readonly fault: ReturnType<typeof stackFault> | null }

class CheckProcess {
  private readonly page = new ProgressPage()
  private readonly mark = newMark()
  private readonly child: ChildProcess
  private readonly told: Promise<void>
  private trouble: Error | null = null
  /** Infinity until the object is called at all. */
  private lastLine = Number.POSITIVE_INFINITY

  constructor(
    order: CheckOrder,
    reader: ReportReader,
    private readonly patienceMs: number,
  ) {
    const entry = fileURLToPath(new URL('./check-child.js', import.meta.url))
    this.child = spawn(guardPath(), ['--netns=prefer', '--', process.execPath, entry], {
      detached: true,
      env: { ...process.env, [MARK]: this.mark },
      // What the object prints is no report.
      stdio: ['ignore', 2, 2, 'ipc', this.page.fd, 'pipe'],
      serialization: 'advanced',
    })
    const lines = createInterface({ input: (this.child.stdio as readonly unknown[])[LINES_FD] as Readable })
    lines.on('line', (line) => {
      this.lastLine = performance.now()
      reader.take(line)
    })
    this.told = new Promise((resolve) => lines.once('close', () => resolve()))
    this.child.send(order, () => {})
  }

  /** How it has ended; nothing of it is left then. */
  async end(signal: AbortSignal | undefined): Promise<End> {
    const stop = () => this.kill()
    signal?.addEventListener('abort', stop)
    let hang: string | null = null
    const watch = setInterval(
      () => {
        const stood = performance.now() - this.lastLine
        if (hang !== null || stood < this.patienceMs) return
        hang = `it does not come back for ${Math.round(stood / 1000)} s`
        void this.look().then((how) => {
          if (how !== null) hang += how === 'runs' ? ' (it runs)' : ' (it waits)'
          this.kill()
        })
      },
      Math.min(this.patienceMs, 500),
    )
    try {
      const answer = await this.answer()
      this.kill()
      const exit = await this.exit()
      await this.told
      if (answer !== null && hang === null) return answer
      if (this.trouble !== null) return startFailure(this.trouble.message)
      if (exit.status === GUARD_FAILED) return startFailure('lunadrill-guard failed, see its line above')
      const record = this.page.flight()
      const fault = record === null ? null : stackFault(record, null)
      return hang === null
        ? { kind: 'crash', how: fault?.signal ?? exitText(exit), fault }
        : { kind: 'hang', how: hang, fault }
    } finally {
      clearInterval(watch)
      signal?.removeEventListener('abort', stop)
      await endMarked(this.mark)
      this.page.close()
    }
  }

  /** Null where it ends without one. */
  private answer(): Promise<Extract<CheckAnswer, { kind: 'done' | 'failed' }> | null> {
    return new Promise((resolve) => {
      this.child.on('message', (message: CheckAnswer) => {
        if (message.kind !== 'looked') resolve(message)
      })
      this.child.once('error', (error) => {
        this.trouble = error
        resolve(null)
      })
      this.child.once('exit', () => resolve(null))
    })
  }

  private look(): Promise<'runs' | 'waits' | null> {
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(null), LOOK_MS)
      this.child.on('message', (message: CheckAnswer) => {
        if (message.kind !== 'looked') return
        clearTimeout(late)
        resolve(message.how)
      })
      this.child.send({ kind: 'look' } satisfies LookOrder, () => {})
    })
  }

  private exit(): Promise<{ status: number | null; signal: NodeJS.Signals | null }> {
    const { child } = this
    const ended = () => ({ status: child.exitCode, signal: child.signalCode })
    if (this.trouble !== null || child.exitCode !== null || child.signalCode !== null) return Promise.resolve(ended())
    return new Promise((resolve) => child.once('exit', () => resolve(ended())))
  }

  /** The guard ends all that is below it. */
  private kill(): void {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGTERM')
  }
}

/** lunadrill-guard's own trouble (kernel-native/README.md). */
const GUARD_FAILED = 125

const startFailure = (why: string): End => ({
  kind: 'failed',
  code: 'LD_GUARD',
  message: `the process of the check could not be started: ${why}`,
  remedy: 'build it: npm run setup',
})

const exitText = ({ status, signal }: { status: number | null; signal: NodeJS.Signals | null }) =>
  signal === null ? `the process exits with status ${status}` : `the process is killed by ${signal}`
