// How the interpreter's thread is scheduled in the parts of a run: its timed part before everything else on the machine,
// the rest (devices, init and cleanup commands, Python, reports) behind it where other runs are going on.
// Interpreter thread. Read first: sched(7).
import { existsSync, readFileSync } from 'node:fs'
import { pacemakerCpuUs, raisePriority, setPace, setSchedule } from '@lunadrill/kernel-native'

export interface ThreadSchedule {
  /** From here on moments do not count. `neighbours`: other runs are being timed meanwhile, until the next call. */
  untimed(neighbours: boolean): void
  /** From here on they do. Garbage is collected first, so that it need not be in the midst. */
  timed(): void
  /** Runs `body`, which starts a command in the midst of a script by `launcher` and a shell: its length counts as well. */
  command<Result>(body: (launcher: readonly string[]) => Result): Result
  /** How long tasks of this machine have waited for a processor so far, microseconds; null where that is no matter. */
  readonly stallUs: (() => number) | null
  /** CPU time so far that went into keeping a processor awake and is no run's own, microseconds. */
  readonly pacemakerUs: () => number
}

/** For time that is virtual: nothing to do. */
export const noSchedule: ThreadSchedule = {
  timed: () => {},
  untimed: () => {},
  command: (body) => body([]),
  stallUs: null,
  pacemakerUs: () => 0,
}

/** Real-time priority where this user may have it; else everything stays as it is, and only stalls are watched. */
export function threadSchedule(): ThreadSchedule {
  const realTime = raisePriority().scheduler === 'fifo'
  const schedule: typeof setSchedule = (name) => realTime && setSchedule(name)
  let crowded = false
  // One processor for the timed threads of all runs would be too few, and never to rest makes all others slow.
  const pace: typeof setPace = (name) => !crowded && setPace(name)
  return {
    untimed(neighbours) {
      crowded = neighbours
      if (crowded) setPace('off')
      // Behind a rest it looks for the processor that counts ticks, which is a matter of moments.
      else schedule('timed')
      pace('loosed')
      schedule(crowded ? 'untimed' : 'normal')
    },
    timed() {
      collectGarbage()
      schedule('timed')
      pace('on')
    },
    command(body) {
      schedule('command')
      pace('loosed')
      try {
        return body(realTime ? belowTimed : [])
      } finally {
        pace('on')
        schedule('timed')
      }
    },
    stallUs: realTime ? null : stallReader(),
    pacemakerUs: pacemakerCpuUs,
  }
}

/** Before all that is not timed, behind all that is. The shell stays a direct child: chrt(1) becomes it. */
const belowTimed = existsSync('/usr/bin/chrt') ? ['/usr/bin/chrt', '-f', '1'] : []

const collectGarbage = () => globalThis.gc?.({ type: 'minor', execution: 'sync' })

/** Pressure stall information (Linux Documentation/accounting/psi.rst); null where the kernel has none. */
function stallReader(): (() => number) | null {
  const read = () => Number(/^some .*total=(\d+)/m.exec(readFileSync('/proc/pressure/cpu', 'utf8'))?.[1] ?? 0)
  try {
    read()
    return read
  } catch {
    return null
  }
}
