// The main thread's handle of the host's thread (dpdk-thread.ts): started once per process, it serves runs one at a time.
// A run: `open` with fresh channels, hand them to the interpreter's DpdkHost, whose `close` ends it; then the next `open`.
import { Worker } from 'node:worker_threads'
import { type DpdkHostOptions, type Leaks, lendRuntimeFolder } from '@lunadrill/dpdk-native'
import { EngineError } from '../errors.js'

/** What a run's host needs, its memory not yet wrapped. */
export interface DpdkOpenOptions extends Omit<DpdkHostOptions, 'channel' | 'admin'> {
  /** createChannel() each: the interpreter's, and the main thread's for the admin server. */
  channel: SharedArrayBuffer
  admin: SharedArrayBuffer
}

/** What the loaded object says of itself. */
export interface LoadedStack {
  readonly name: string
  readonly version: string
  /** MINOR of the interface that it was built with. */
  readonly abiMinor: number
  /** Bits of dpdk-native's `lunaCapabilities`. */
  readonly capabilities: bigint
}

/** What an `open` comes to. */
export interface OpenedStack extends LoadedStack {
  /** Folders in /proc of those who must have a processor in wall time: the host's thread, and who carries frames for it. */
  readonly tasks: readonly string[]
}

/** Messages from the thread: the answer to an `open`, and that the run is over (the thread is free for the next). */
export type DpdkThreadMessage =
  | { readonly kind: 'opened'; readonly stack: OpenedStack }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly remedy: string | null }
  | ({ readonly kind: 'closed' } & ClosedRun)

/** What is known of a run after its end. */
export interface ClosedRun {
  /** Packet buffers that the stack has not given back: a leak of its own. */
  readonly keptFrames: number
  /** The first of these, and descriptors that have been opened meanwhile. */
  readonly leaks: Leaks
  /** The process is fit for no other run: parts of the stack go on in it, or its runs have used its memory up. */
  readonly spent: boolean
}

const nothingLeft: ClosedRun = { keptFrames: 0, leaks: { frames: [], descriptors: [], heap: '' }, spent: false }

interface Waiting<T> {
  resolve(value: T): void
  reject(error: unknown): void
}

export class DpdkWorker {
  private readonly worker: Worker
  private opening: Waiting<OpenedStack> | undefined
  private running: Waiting<ClosedRun> | undefined
  private lastRun: Promise<ClosedRun> = Promise.resolve(nothingLeft)
  private death: unknown
  /** Until EAL is up, which the first answer tells. */
  private takeRuntimeFolder: () => void

  /**
   * On the main thread. Starts the host's, which sets DPDK up at once. `eal`: arguments for EAL behind the built-in ones;
   * `recordFd`: where to leave what a stack that takes the process down leaves (layout.ts, `Flight`), null: nowhere.
   */
  constructor(eal: readonly string[] = [], recordFd: number | null = null) {
    this.takeRuntimeFolder = lendRuntimeFolder()
    this.worker = new Worker(new URL('./dpdk-thread.js', import.meta.url), { workerData: { eal, recordFd } })
    this.worker.on('message', (message: DpdkThreadMessage) => this.take(message))
    this.worker.on('error', (error) => this.die(error))
    this.worker.on('exit', () => this.die(new EngineError('LD_HOST_GONE', "the host's thread has ended")))
    this.worker.unref()
  }

  /**
   * Loads the stack for one run, a fresh instance; waits for the last run's end, if need be. EngineError by code: LD_EAL,
   * LD_DPDK_MISSING, LD_STACK_NOT_FOUND, LD_STACK_NOT_ELF, LD_STACK_SYMBOL, LD_STACK_VERSION, LD_STACK_CLOCK,
   * LD_STACK_INIT, LD_STACK_STALE (only a new process gives a fresh instance), LD_ARGUMENT, LD_HOST_GONE.
   */
  async open(options: DpdkOpenOptions): Promise<OpenedStack> {
    await this.lastRun.catch(() => {})
    if (this.death !== undefined) throw this.death
    // A process lives while it has a run.
    this.worker.ref()
    const opened = new Promise<OpenedStack>((resolve, reject) => {
      this.opening = { resolve, reject }
    })
    this.worker.postMessage(options)
    const stack = await opened
    this.lastRun = new Promise((resolve, reject) => {
      this.running = { resolve, reject }
    })
    this.lastRun.catch(() => {})
    return stack
  }

  /** Resolves when the run that was opened last has been closed by its interpreter; rejects where its thread died. */
  closed(): Promise<ClosedRun> {
    return this.lastRun
  }

  async terminate(): Promise<void> {
    await this.worker.terminate()
  }

  private take(message: DpdkThreadMessage): void {
    this.takeRuntimeFolder()
    this.takeRuntimeFolder = () => {}
    if (message.kind !== 'opened') this.worker.unref()
    if (message.kind === 'closed') {
      this.running?.resolve(message)
      this.running = undefined
      return
    }
    const { opening } = this
    this.opening = undefined
    if (message.kind === 'opened') opening?.resolve(message.stack)
    else opening?.reject(new EngineError(message.code, message.message, message.remedy))
  }

  private die(error: unknown): void {
    this.death ??= error
    this.opening?.reject(this.death)
    this.running?.reject(this.death)
    this.opening = this.running = undefined
  }
}
