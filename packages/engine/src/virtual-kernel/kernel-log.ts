// The guest's kernel log, which has two kinds of lines: how far a script came, told by the guest, and what the kernel says.
// Reading it tells whether the kernel complained of itself, and on which event. Supervisor; progressLine: guest.
// Read first: Documentation/ABI/testing/dev-kmsg; Documentation/admin-guide/bug-hunting.rst.
import { RunPhase } from '../host/layout.js'

type Step = 'begin' | 'phase' | 'event'

/** For /dev/kmsg. `number`: of the run, a RunPhase, the event's index. */
export const progressLine = (step: Step, number: number) => `<6>lunadrill: ${step} ${number}\n`

/** How far a run came. */
export interface Reached {
  /** RunPhase. */
  readonly phase: number
  /** Index of the event that was being carried out; null outside of them. */
  readonly event: number | null
}

export interface KernelReport {
  /** The line that says what it is: `BUG: KASAN: slab-use-after-free in tcp_ack+0x1f/0x30`. */
  readonly headline: string
  /** All of it, without time stamps. */
  readonly lines: readonly string[]
  readonly at: Reached
  /** Nothing goes on behind it. */
  readonly fatal: boolean
}

const fatalSign = /^(Kernel panic - not syncing|Oops\b|kernel BUG at|Kernel mode (fault|signal)|Bus error\b)/
const signs = [
  fatalSign,
  /^(BUG|WARNING|UBSAN|Bad page state|general protection fault)\b/,
  /^INFO: (rcu\w* |task )/,
  /^rcu: INFO: /,
  /^(watchdog|list_(add|del) corruption|refcount_t|Slab corruption)\b.*:/,
]

/** More than any report, of lines. */
const LONGEST = 200

const stamp = /^\[ *\d+\.\d+\](\[[^\]]*\])? /
const progress = /^lunadrill: (begin|phase|event) (\d+)$/
/** What comes before a headline, and is no part of what is said. */
const frame = /^(-+\[ cut here \]-+|=+|-+|)$/

/** How far run `runId` came, and the kernel's first report since it began. `text`: the log, from before that run. */
export function readKernelLog(
  text: string,
  runId: number,
): { readonly reached: Reached; readonly report: KernelReport | null } {
  let begun = false
  let reached: Reached = { phase: RunPhase.idle, event: null }
  let found: { headline: string; lines: string[]; at: Reached; fatal: boolean } | null = null
  let over = false
  for (const raw of text.split('\n')) {
    const line = raw.replace(stamp, '').trimEnd()
    const [, step, number] = progress.exec(line) ?? []
    if (step !== undefined) {
      if (step === 'begin') begun = Number(number) === runId
      else if (begun && step === 'phase') reached = { phase: Number(number), event: null }
      else if (begun) reached = { ...reached, event: Number(number) }
      over = found !== null
      continue
    }
    if (!begun || over) continue
    if (found === null) {
      if (!signs.some((sign) => sign.test(line))) continue
      found = { headline: line, lines: [], at: reached, fatal: false }
    }
    if (fatalSign.test(line)) found.fatal = true
    if (found.lines.length < LONGEST && !frame.test(line)) found.lines.push(line)
  }
  return { reached, report: found }
}
