// Sees a userspace stack that does not come back from a call: the host's heartbeat stands still while it is in the stack.
// The run process's main thread. Read first: host/layout.ts (heartbeat, inStack).
import { Channel, StackEntry } from '../host/layout.js'

const LOOK_MS = 500

const entryNames: ReadonlyMap<number, string> = new Map(
  Object.entries(StackEntry).map(([name, number]) => [number, name]),
)

export class Watchdog {
  private readonly words: Int32Array
  private readonly timer: NodeJS.Timeout | undefined
  private lastBeat = -1
  private since = performance.now()

  /**
   * `patienceS`: longer than anything a stack may do in one entry, for a busy machine is no hang; 0: without end. `onHang` is
   * called once: which entry of the stack it is, and for how many seconds.
   */
  constructor(
    channel: SharedArrayBuffer,
    private readonly patienceS: number,
    private readonly onHang: (entry: string, seconds: number) => void,
  ) {
    this.words = new Int32Array(channel)
    this.timer = patienceS === 0 ? undefined : setInterval(() => this.look(), LOOK_MS)
    this.timer?.unref()
  }

  stop(): void {
    clearInterval(this.timer)
  }

  private look(): void {
    const beat = Atomics.load(this.words, Channel.heartbeat >> 2)
    const entry = Atomics.load(this.words, Channel.inStack >> 2)
    if (entry === StackEntry.none || beat !== this.lastBeat) {
      this.lastBeat = beat
      this.since = performance.now()
      return
    }
    const stood = performance.now() - this.since
    if (stood < this.patienceS * 1000) return
    this.stop()
    this.onHang(entryNames.get(entry) ?? String(entry), Math.round(stood / 1000))
  }
}
