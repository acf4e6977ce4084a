// What the static check finds, as data; the sentences are made by the rules.
import type { Span } from '@lunadrill/parser'

export interface Finding {
  /** The rule's name, or the parser's code in lower case (`syntax`, `semantic`, …). Stable. */
  readonly rule: string
  /** An error: the script cannot pass. A warning: it may, but hardly as meant. */
  readonly severity: 'error' | 'warning'
  readonly span: Span
  /** Of the span's start, from 1. */
  readonly line: number
  readonly column: number
  /** Without place and full stop. */
  readonly message: string
  /** What to do about it, where we have an idea. */
  readonly hint: string | null
}

/** How a rule says what it has found. */
export interface Report {
  error(span: Span, message: string, hint?: string | null): void
  warning(span: Span, message: string, hint?: string | null): void
}
