// Why a run did not pass, as data: found by the interpreter, worded in wording.ts. Crosses threads, so plain.
import type { Verdict } from '../run/types.js'

/** One header field or option that differs, in the script's numbers. */
export interface Difference {
  /** Upstream's field name (`tcp_ack_seq`, `tcp_window`, …) or `option mss`, `payload`. */
  readonly field: string
  readonly expected: string
  readonly actual: string
}

/** An expected and an actual packet, whole and part by part. */
export interface PacketPair {
  /** In the script's notation. */
  readonly expected: string
  readonly actual: string
  readonly rows: readonly PacketRow[]
}

/** One part of a packet in the script's notation: `flags`, `seq`, `ack`, `win`, `options`, … */
export interface PacketRow {
  readonly part: string
  readonly expected: string
  readonly actual: string
  readonly differs: boolean
}

/** An event that has happened: what the report shows before the failure. */
export interface TraceEntry {
  readonly line: number
  /** When it happened; script time in microseconds. */
  readonly atUs: number
  readonly text: string
}

/** An event that the tester itself came late to, by more than leaves the stack undisturbed. Microseconds of script time. */
export interface Lateness {
  readonly line: number
  /** When the event could have happened, had the tester not been kept from it. */
  readonly dueUs: number
  readonly actedUs: number
  /** How late it may have been, microseconds. */
  readonly limitUs: number
  /** What the limit is: half of the event's tolerance, the gap to a packet of the stack, the sum over the script, or
   * (beside other runs) a tick by which the kernel's own timers may come late. */
  readonly reason:
    | 'half of its tolerance'
    | 'a packet of the stack'
    | 'with those before'
    | 'a tick of a crowded machine'
}

/** One call on the way to a fault. */
export interface Frame {
  /** Path of the object; null where no code is. */
  readonly object: string | null
  /** Function, as its language writes it; null where the object has no name for it. */
  readonly symbol: string | null
  /** Octets behind the function's start, or in the object where there is no name, or of memory where there is no object. */
  readonly offset: number
  /** `file:line`; null without debug information, or without addr2line(1). */
  readonly source: string | null
}

/** A packet as the host has seen it, in live numbers. */
export interface KeptPacket {
  /** Script time in microseconds. */
  readonly atUs: number
  /** False: the stack sent it. */
  readonly toStack: boolean
  /** Octets. */
  readonly length: number
  /** `ADDRESS:PORT > ADDRESS:PORT`, and the script's notation. */
  readonly text: string
}

/** What a stack has not given back. */
export interface Leaked {
  readonly kind: 'frame' | 'descriptor'
  /** What it is: a packet's text, or what the descriptor is open on. */
  readonly text: string
  /** The script's line at which it was given to the stack, or was first seen; null where that is not known. */
  readonly line: number | null
}

/** A userspace stack that crashed, hangs or leaks. */
export interface StackFault {
  /** The script's event that was being carried out; null before the first. */
  readonly event: string | null
  /** Which entry of the stack: `init`, `poll`, `call`, `inspect`, `shutdown`; null outside, or where it is not known. */
  readonly entry: string | null
  /** Name of the signal that the stack brought about itself; null for other ends. */
  readonly signal: string | null
  /** What was accessed, or which instruction it was, where the signal tells it. */
  readonly address: string | null
  /** `other`: not the thread that polls the stack. */
  readonly thread: 'stack' | 'other'
  /** What the C library (assertions, its allocator) or a sanitizer said; null for nothing. */
  readonly words: string | null
  /** Innermost call first, up to where lunadrill called the stack; empty where there is none. */
  readonly backtrace: readonly Frame[]
  /** The last packets, oldest first; `packetCount`: of so many. */
  readonly packets: readonly KeptPacket[]
  readonly packetCount: number
  readonly leaked: readonly Leaked[]
}

export interface Failure {
  readonly verdict: Exclude<Verdict, 'pass'>
  /** Stable: LD_PACKET, LD_TIMING, LD_CALL, LD_COMMAND, LD_CODE, LD_SYNTAX, LD_SEMANTIC, LD_OPTION, LD_STACK_…, see docs/errors.md. */
  readonly code: string
  /** From 1; null where no place in the script is meant. */
  readonly line: number | null
  readonly column: number | null
  /** What is wrong, one sentence or a few lines, without place. */
  readonly message: string
  /** What to do next; null where there is nothing to say. */
  readonly hint: string | null
  /** All that upstream prints about it, place included, without a final newline. */
  readonly upstream: string
  /** The packet line and what came instead; null where no packet was compared. */
  readonly packets: PacketPair | null
  readonly differences: readonly Difference[]
  /** Microseconds of script time. `endUs`: end of a range, else null. */
  readonly time: {
    readonly expectedUs: number
    readonly endUs: number | null
    readonly actualUs: number
    readonly toleranceUs: number
  } | null
  /** Why the verdict is `undecided`, oldest first; else empty. */
  readonly lateness: readonly Lateness[]
  /** The last events before, oldest first. */
  readonly before: readonly TraceEntry[]
  /** All that is wrong with a script that cannot be read, the first of them being this failure; absent otherwise. */
  readonly mistakes?: readonly Mistake[]
  /** Verdicts `crash`, `hang` and `leak` of userspace stacks; absent otherwise. */
  readonly fault?: StackFault
}

/** One of several mistakes in a script. Line and column from 1. */
export type Mistake = Pick<Failure, 'code' | 'message' | 'hint'> & { readonly line: number; readonly column: number }
