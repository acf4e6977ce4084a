// What other dialects of the language have and this one does not: read over, and noted at the event that holds it.
// Read first: ast/nodes.ts, ForeignPart. Nothing here is asked before a token has shown that a dialect begins.
import type { ForeignPart } from '../ast/nodes.js'
import type { Reader } from '../grammar/reader.js'

/** Notes a part that reaches from `start` to the token before the current one. */
export function markForeign(reader: Reader, needs: ForeignPart['needs'], what: string, start: number): void {
  reader.foreign.push({ needs, what, span: reader.spanFrom(start) })
}

/** The source at the current token matches, whatever its tokens are: `pattern` must be sticky. */
export function standsHere(reader: Reader, pattern: RegExp): boolean {
  pattern.lastIndex = reader.start
  return pattern.test(reader.source)
}
