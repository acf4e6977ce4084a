// What the check of a stack object comes to: plain data. Read first: dpdk-native/include/luna_stack.h.
import type { LunaCapabilityName } from '@lunadrill/dpdk-native'
import type { StackFault } from '../trace/failure.js'

/** One promise of luna_stack.h, and whether the object keeps it. */
export interface StackFinding {
  /** As luna_stack_v1 calls it; `luna_stack_v1` for the table itself. */
  readonly function: string
  /** What it was called for. */
  readonly what: string
  /** `unchecked`: it could not be tried, `actual` says why. */
  readonly outcome: 'pass' | 'fail' | 'crash' | 'hang' | 'unchecked'
  /** Results or words; null where the outcome says all. */
  readonly expected: string | null
  readonly actual: string | null
  /** Of a crash or hang. */
  readonly fault: StackFault | null
}

/** A capability that is not declared. */
export interface StackLack {
  readonly capability: LunaCapabilityName
  /** What it is, in words. */
  readonly words: string
  /** Scripts that are skipped for it. */
  readonly scripts: string
}

export interface StackCheckResult {
  /** Absolute path. */
  readonly object: string
  /** What it says of itself; '' where it never came to that. */
  readonly name: string
  readonly version: string
  /** MAJOR.MINOR of the interface that it was built with. */
  readonly abi: string
  readonly declares: readonly LunaCapabilityName[]
  /** In the order of the table, each function's in the order they were made. */
  readonly checks: readonly StackFinding[]
  readonly lacks: readonly StackLack[]
  /** Why nothing was checked after some fault; null where all was. */
  readonly stopped: string | null
}
