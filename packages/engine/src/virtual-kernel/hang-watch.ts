// Sees a guest that computes and computes and comes no further: in virtual time nothing inside it could, for no timer fires
// while anything computes. Counted in CPU time, so that a busy machine is no hang. Supervisor. Read first: process-tree.ts.
import { type GuestCpu, sumS } from './process-tree.js'

const LOOK_MS = 500

/** A program of the guest may compute for so many times what its kernel alone may: a script's commands are slow there. */
const PROGRAMS = 10

/**
 * CPU time of its kernel without progress after which a guest hangs, seconds; Infinity: never. `hangTimeoutS`: the option's,
 * which is the wall time for one entry of a userspace stack. A whole event, such as a shell command, has six of them.
 */
export const patienceS = (hangTimeoutS: number) => (hangTimeoutS === 0 ? Number.POSITIVE_INFINITY : 6 * hangTimeoutS)

/** Who computed without coming further, and for how long, seconds. */
export interface Hang {
  readonly who: 'kernel' | 'program'
  readonly cpuS: number
}

export class HangWatch {
  readonly hung: Promise<Hang>
  private timer: NodeJS.Timeout | undefined

  /** `progress`: changes when the guest comes further. `cpu`: what it has used so far. `patience`: of its kernel, seconds. */
  constructor(progress: () => number, cpu: () => GuestCpu, patience: number) {
    let last = progress()
    let since = cpu()
    // Where a program of the guest has computed meanwhile, its kernel is not what loops.
    let kernelSince = since
    this.hung = new Promise((resolve) => {
      const hangs = (hang: Hang) => {
        this.stop()
        resolve(hang)
      }
      this.timer = setInterval(() => {
        const [now, used] = [progress(), cpu()]
        if (now !== last) {
          last = now
          since = used
          kernelSince = used
        } else if (used.programsS !== kernelSince.programsS) {
          kernelSince = used
        }
        if (used.kernelS - kernelSince.kernelS > patience) hangs({ who: 'kernel', cpuS: patience })
        else if (sumS(used) - sumS(since) > PROGRAMS * patience) hangs({ who: 'program', cpuS: PROGRAMS * patience })
      }, LOOK_MS)
    })
  }

  stop(): void {
    clearInterval(this.timer)
  }
}
