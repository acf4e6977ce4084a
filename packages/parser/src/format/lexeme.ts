// The tokens of a script as the formatter handles them: kind, text, and what stands before each.
// Read first: scan/scanner.ts, whose one token at a time becomes a list here, a statement's at a time.
import type { Span } from '../ast/nodes.js'
import { Scanner } from '../scan/scanner.js'
import { T } from '../scan/token.js'
import { type Gap, readGap } from './trivia.js'

export interface Lexeme extends Span {
  readonly kind: number
  readonly text: string
  /** Between the token before it, or the start of the script, and this one. */
  readonly gap: Gap
}

/** A script's tokens from first to last. */
export class Lexemes {
  private readonly scanner: Scanner

  constructor(private readonly source: string) {
    this.scanner = new Scanner(source)
    this.scanner.next()
  }

  /** The tokens from where the last call ended up to the offset `end`. */
  upTo(end: number): Lexeme[] {
    const { scanner, source } = this
    const found: Lexeme[] = []
    while (scanner.kind !== T.end && scanner.end <= end) {
      found.push({
        kind: scanner.kind,
        start: scanner.start,
        end: scanner.end,
        text: source.slice(scanner.start, scanner.end),
        gap: readGap(source, scanner.previousEnd, scanner.start),
      })
      scanner.next()
    }
    return found
  }

  /** What stands behind the last token, once all have been taken. */
  last(): Gap {
    return readGap(this.source, this.scanner.previousEnd, this.source.length)
  }
}
