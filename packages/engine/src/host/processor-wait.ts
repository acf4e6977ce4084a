// How long tasks have waited for a processor: in wall time a stack's thread that gets none is the machine's doing, and
// nothing that the stack should be judged by. Opened before time 0, then read without allocating. Interpreter thread.
// Read first: proc(5), schedstat; docs/timing.md.
import { closeSync, openSync, readSync } from 'node:fs'

export class ProcessorWait {
  private readonly fds: number[] = []
  private readonly text = new Uint8Array(64)

  /** `tasks`: their folders in /proc. What cannot be read (no CONFIG_SCHED_INFO, gone) has never waited. */
  constructor(tasks: readonly string[]) {
    for (const task of tasks) {
      try {
        this.fds.push(openSync(`${task}/schedstat`, 'r'))
      } catch {}
    }
  }

  /** Of all tasks together so far, microseconds. */
  us(): number {
    let sum = 0
    for (const fd of this.fds) sum += this.waitedNs(fd)
    return sum / 1000
  }

  close(): void {
    for (const fd of this.fds.splice(0)) closeSync(fd)
  }

  /** The second of the file's three numbers. */
  private waitedNs(fd: number): number {
    let length = 0
    try {
      length = readSync(fd, this.text, 0, this.text.length, 0)
    } catch {
      return 0
    }
    let at = this.text.indexOf(SPACE) + 1
    let ns = 0
    for (; at > 0 && at < length && this.text[at] !== SPACE; at++) ns = ns * 10 + (this.text[at] as number) - ZERO
    return ns
  }
}

const SPACE = 0x20
const ZERO = 0x30
