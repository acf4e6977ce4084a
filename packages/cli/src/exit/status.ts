// Exit statuses of `lunadrill`. packetdrill's are upstream's: 0 and 1, nothing else.
import type { Verdict } from '@lunadrill/engine'

export const exitStatus = {
  pass: 0,
  /** Some verdict is not pass. */
  failed: 1,
  /** Wrong usage, script or environment. */
  error: 2,
} as const

/** The worst verdict decides; `error` means that some script could not be judged at all. */
export function statusOf(verdicts: Iterable<Verdict>): number {
  let status: number = exitStatus.pass
  for (const verdict of verdicts) {
    if (verdict === 'error') return exitStatus.error
    if (verdict !== 'pass') status = exitStatus.failed
  }
  return status
}
