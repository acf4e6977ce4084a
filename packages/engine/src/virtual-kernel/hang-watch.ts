// Sees a guest that computes and computes and comes no further: in virtual time nothing inside it could, for no timer fires
// while anything computes. Counted in CPU time, so that a busy machine is no hang. Supervisor.

const LOOK_MS = 500

/**
 * CPU time without progress after which a guest hangs, seconds; Infinity: never. `hangTimeoutS`: the option's, which is the
 * wall time for one entry of a userspace stack. A whole event, such as a shell command, has six of them.
 */
export const patienceS = (hangTimeoutS: number) => (hangTimeoutS === 0 ? Number.POSITIVE_INFINITY : 6 * hangTimeoutS)

export class HangWatch {
  readonly hung: Promise<'hung'>
  private timer: NodeJS.Timeout | undefined

  /** `progress`: changes when the guest comes further. `cpuS`: what it has used so far, seconds. */
  constructor(progress: () => number, cpuS: () => number, patience: number) {
    let last = progress()
    let since = cpuS()
    this.hung = new Promise((resolve) => {
      this.timer = setInterval(() => {
        const now = progress()
        if (now !== last) {
          last = now
          since = cpuS()
        } else if (cpuS() - since > patience) {
          this.stop()
          resolve('hung')
        }
      }, LOOK_MS)
    })
  }

  stop(): void {
    clearInterval(this.timer)
  }
}
