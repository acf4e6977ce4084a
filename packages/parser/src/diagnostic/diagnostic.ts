// What the parser says about a script that it cannot take: data, from which every text is made.
import type { Span } from '../ast/nodes.js'

/** Stable: match these and not the sentences. */
export type DiagnosticCode =
  /** A token that the grammar does not allow here. */
  | 'LD_SYNTAX'
  /** NUL or a character above ASCII outside of comments, strings, commands and code. */
  | 'LD_CHARACTER'
  /** A string, command, comment or code block without its end. */
  | 'LD_UNCLOSED'
  /** Grammatical, but the value cannot be: out of range, contradictory, not allowed in this direction. */
  | 'LD_SEMANTIC'
  /** Refused by whoever configures the run. */
  | 'LD_OPTION'

export interface Diagnostic {
  readonly code: DiagnosticCode
  readonly kind: 'syntax' | 'semantic' | 'option'
  /** The offending token, value or option. Empty at the end of the script. */
  readonly span: Span
  /** Line and column, from 1, of the span's start. */
  readonly line: number
  readonly column: number
  /** Our sentence: what was found and what was expected. Without place and without a full stop. */
  readonly message: string
  /** What to do about it, where we have an idea. */
  readonly hint: string | null
  /** The line that upstream would name: the end of the offending token, or for semantic errors its anchor. */
  readonly upstreamLine: number
  /** Upstream's words for it, from `parse error at` or `semantic error:` on; of an option the text alone. */
  readonly upstreamMessage: string
}
