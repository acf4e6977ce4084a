// The tokens of a stretch of source as the formatter handles them: kind, text, and what stands before each.
// Read first: scan/scanner.ts; here its one token at a time becomes a list.
import type { Span } from '../ast/nodes.js'
import { Scanner } from '../scan/scanner.js'
import { T } from '../scan/token.js'
import { type Gap, readGap } from './trivia.js'

export interface Lexeme extends Span {
  readonly kind: number
  readonly text: string
  /** Between the lexeme before it, or the start of the stretch, and this one. */
  readonly gap: Gap
}

/** A source's tokens, cut at spans that the parser has given. */
export class Lexemes {
  private readonly all: Lexeme[] = []
  private at = 0
  /** What stands behind the last token. */
  readonly last: Gap

  constructor(source: string) {
    const scanner = new Scanner(source)
    let end = 0
    for (scanner.next(); scanner.kind !== T.end; scanner.next()) {
      const gap = readGap(source, end, scanner.start)
      this.all.push({
        kind: scanner.kind,
        start: scanner.start,
        end: scanner.end,
        text: scanner.sourceText(),
        gap,
      })
      end = scanner.end
    }
    this.last = readGap(source, end, source.length)
  }

  /** The lexemes from where the last call ended up to `end`. */
  upTo(end: number): Lexeme[] {
    const begin = this.at
    while (this.at < this.all.length && (this.all[this.at] as Lexeme).end <= end) this.at++
    return this.all.slice(begin, this.at)
  }
}
