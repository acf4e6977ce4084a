// What ends a run: thrown where it is found, made a Failure (with line and context) by the interpreter.
import type { Verdict } from '../run/types.js'
import type { Failure } from './failure.js'

type Detail = Partial<Pick<Failure, 'hint' | 'packets' | 'differences' | 'time'>> & {
  /** Upstream says it without path and line. */
  readonly bare?: boolean
}

export class Problem extends Error {
  constructor(
    /** Stable, LD_…; docs/errors.md. */
    readonly code: string,
    /** Our sentence. */
    message: string,
    /** Upstream's text after `PATH:LINE: `. */
    readonly upstream: string,
    readonly detail: Detail = {},
    readonly verdict: Exclude<Verdict, 'pass'> = 'fail',
  ) {
    super(message)
    this.name = 'Problem'
  }

  /** The same with more lines at the end of upstream's text: its dumps of packets. */
  withUpstreamDump(lines: string): Problem {
    return new Problem(this.code, this.message, this.upstream + lines, this.detail, this.verdict)
  }
}

/** A packet line that failed: `error handling packet: REASON`. */
export function packetProblem(reason: string, hint: string | null = null, detail: Detail = {}): Problem {
  return new Problem('LD_PACKET', reason, `error handling packet: ${reason}`, { hint, ...detail })
}

/** A system call that failed: `runtime error in NAME call: REASON`. */
export function callProblem(name: string, reason: string, hint: string | null = null): Problem {
  // Some of upstream's reasons end in a newline of their own.
  return new Problem('LD_CALL', `${name}(): ${reason.trimEnd()}`, `runtime error in ${name} call: ${reason}`, { hint })
}

/** What this version or this machine cannot do. */
export const skip = (needs: string): Problem => skipped(`needs ${needs}`)

/** What the stack under test cannot do, as it says itself (luna_stack_v1.capabilities). */
export const lacks = (what: string): Problem => skipped(`stack lacks ${what}`)

/** `why` ends the sentence. */
export function skipped(why: string): Problem {
  const message = `skipped: ${why}`
  return new Problem('LD_UNSUPPORTED', message, message, {}, 'skip')
}
