// Processes that a script's commands have left running (daemons, `&`). lunadrill-guard is the parent of every orphan below
// it, so they are its children, beside the run's process. Whatever gets away from here is ended by the guard at the end.
// The run's process, any thread. Read first: prctl(2) PR_SET_CHILD_SUBREAPER; kernel-native/native/guard.
import { childrenOf, procText } from '../proc.js'

/** Who is the parent of orphans: on this machine, and in the guest of a kernel in virtual time. */
const KEEPERS = ['lunadrill-guard', 'lunadrill-guest']
/** Rounds of a millisecond, for what dies slowly. */
const ROUNDS = 500

/** Ends them all. Without a guard above (a library user's process, a test) nobody knows whose a process is: none is touched. */
export function endStrays(): void {
  const nap = new Int32Array(new SharedArrayBuffer(4))
  for (let round = 0; round < ROUNDS; round++) {
    const strays = siblings()
    if (strays.length === 0) return
    for (const pid of strays) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has ended, or is another user's.
      }
    }
    Atomics.wait(nap, 0, 0, 1)
  }
}

function siblings(): number[] {
  const guard = process.ppid
  if (!KEEPERS.includes(procText(guard, 'comm').trim())) return []
  return childrenOf(guard).filter((pid) => pid !== process.pid)
}
