// The two texts of a diagnostic: ours with the line and a caret, and upstream's for tools that match on it.
import { excerpt } from '../text/excerpt.js'
import type { Diagnostic } from './diagnostic.js'

/** `path:line:column: message`, the script line with a caret, and the hint. No newline at the end. */
export function explain(text: string, path: string, diagnostic: Diagnostic): string {
  const { line, column, message, hint, span } = diagnostic
  const head = `${path}:${line}:${column}: ${message}\n${excerpt(text, span)}`
  return hint === null ? head : `${head}\n  ${hint}`
}

/** What upstream prints on stderr for the same error, without the newline; options have no line there. */
export function upstreamText(path: string, diagnostic: Diagnostic): string {
  if (diagnostic.kind === 'option') return `${path}: ${diagnostic.upstreamMessage}`
  return `${path}:${diagnostic.upstreamLine}: ${diagnostic.upstreamMessage}`
}

/** All of a script's diagnostics, one below the other, and how many there are besides. */
export function explainAll(text: string, path: string, diagnostics: readonly Diagnostic[], more: number): string {
  const parts = diagnostics.map((diagnostic) => explain(text, path, diagnostic))
  if (more > 0) parts.push(`and ${more} more ${more === 1 ? 'error' : 'errors'}`)
  return parts.join('\n')
}
