// The main thread's handle of the host's thread (dpdk-thread.ts): started once per process, it serves runs one at a time.
// A run: `open` with fresh channels, hand them to the interpreter's DpdkHost, whose `close` ends it; then the next `open`.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { EngineError } from '../errors.js'

/** What a run's host needs. Addresses are dotted IPv4 text. */
export interface DpdkOpenOptions {
  /** The stack's shared object; absolute. */
  soPath: string
  /** For the stack itself; '' where there are none. */
  stackOptions: string
  clock: 'virtual' | 'wall'
  localIp: string
  /** 0 to 32. */
  prefixLength: number
  gatewayIp: string
  remoteIp: string
  /** Octets of an IP packet, 68 to 9000. */
  mtu: number
  /** createChannel() each: the interpreter's, and the main thread's for the admin server. */
  channel: SharedArrayBuffer
  admin: SharedArrayBuffer
}

/** What the loaded object says of itself. */
export interface LoadedStack {
  readonly name: string
  readonly version: string
}

/** Messages from the thread: the answer to an `open`, and that the run is over (the thread is free for the next). */
export type DpdkThreadMessage =
  | { readonly kind: 'opened'; readonly stack: LoadedStack }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly remedy: string | null }
  | { readonly kind: 'closed' }

export class DpdkWorker {
  private readonly worker: Worker

  /** Starts the thread, which sets DPDK up at once. `eal`: arguments for EAL behind the built-in ones. */
  constructor(eal: readonly string[] = []) {
    this.worker = new Worker(new URL('./dpdk-thread.js', import.meta.url), { workerData: { eal } })
    this.worker.unref()
  }

  /**
   * Loads the stack for one run, a fresh instance. EngineError by code: LD_EAL, LD_DPDK_MISSING, LD_STACK_NOT_FOUND,
   * LD_STACK_NOT_ELF, LD_STACK_SYMBOL, LD_STACK_VERSION, LD_STACK_CLOCK, LD_STACK_INIT, LD_STACK_STALE, LD_ARGUMENT.
   * Rejects with what the thread died of, should it die.
   */
  async open(options: DpdkOpenOptions): Promise<LoadedStack> {
    const message = await this.ask(options)
    if (message.kind === 'opened') return message.stack
    if (message.kind === 'failed') throw new EngineError(message.code, message.message, message.remedy)
    throw new EngineError('LD_PROTOCOL', `the host's thread answered ${message.kind}`)
  }

  /** Resolves when the run that was opened last has been closed by its interpreter. */
  async closed(): Promise<void> {
    await once(this.worker, 'message')
  }

  async terminate(): Promise<void> {
    await this.worker.terminate()
  }

  private async ask(options: DpdkOpenOptions): Promise<DpdkThreadMessage> {
    this.worker.ref()
    try {
      this.worker.postMessage(options)
      const [message] = (await once(this.worker, 'message')) as [DpdkThreadMessage]
      return message
    } finally {
      this.worker.unref()
    }
  }
}
