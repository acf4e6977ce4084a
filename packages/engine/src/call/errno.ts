// What errno holds where a call has succeeded: upstream compares and prints it all the same (3-calls.md 2), and no success
// resets it. The thread of blocking calls has an errno of its own.
import type { CallRecord } from './record.js'

/** Upstream's own set-up leaves this one behind. */
const ENOENT = 2

export class Errno {
  private main = ENOENT
  private blocking = 0

  /** errno after this call has returned. */
  after({ result, errno, blocking }: CallRecord): number {
    if (result < 0) {
      if (blocking) this.blocking = errno
      else this.main = errno
    }
    return blocking ? this.blocking : this.main
  }
}
