// What the supervisor of a stack's check and its process say to each other. Types alone: both ends import them.
import type { HangKind } from '../flight/hanging-thread.js'

/** To the process, once. */
export interface CheckOrder {
  readonly kind: 'check'
  readonly soPath: string
  /** Group to begin with. */
  readonly first: number
  /** Of the table; 0 where it has not been looked at. */
  readonly capabilities: bigint
}

/** Nothing has come from the stack for too long: have it leave its backtrace. */
export interface LookOrder {
  readonly kind: 'look'
}

export type CheckAnswer =
  /** `next`: null for all done, else where to go on in another process. */
  | { readonly kind: 'done'; readonly next: number | null }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly remedy: string | null }
  | { readonly kind: 'looked'; readonly how: HangKind | null }

/** Descriptors that the process inherits: the flight record, and the pipe for the report's lines. */
export const RECORD_FD = 4
export const LINES_FD = 5
