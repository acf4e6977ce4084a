// The scanner with one token of look-ahead as the grammar uses it: take, accept, refuse. One reader per script.
import type { Span } from '../ast/nodes.js'
import type { DiagnosticCode } from '../diagnostic/diagnostic.js'
import { EXPECT, type Expectation } from '../diagnostic/expectation.js'
import { Rejection } from '../diagnostic/rejection.js'
import type { SemanticWording } from '../diagnostic/semantic.js'
import { syntaxWording } from '../diagnostic/syntax.js'
import { lowBits } from '../scan/number.js'
import { Scanner } from '../scan/scanner.js'
import { T } from '../scan/token.js'
import { lineOf } from '../text/position.js'
import type { ParseSettings } from './settings.js'

/** Nested deeper, a script is no test; and the consumers of the tree recurse too. */
const MAX_DEPTH = 400

export class Reader extends Scanner {
  settings: ParseSettings
  /** The line that upstream names for semantic errors: of the last direction sign, call name, command or code. */
  anchorLine = 1
  private depth = 0

  constructor(source: string, settings: ParseSettings) {
    super(source)
    this.settings = settings
    this.next()
  }

  /** Takes the token if it is of this kind. */
  accept(kind: number): boolean {
    if (this.kind !== kind) return false
    this.next()
    return true
  }

  /** Takes the token, which must be of this kind. */
  take(kind: number, expected: Expectation): void {
    if (this.kind !== kind) this.unexpected(expected)
    this.next()
  }

  /** Takes a decimal integer and gives its value; beyond 2^53 the nearest double, which is enough for range checks. */
  integer(expected: Expectation = EXPECT.integer): number {
    if (this.kind !== T.integer) this.unexpected(expected)
    const value = this.number
    this.next()
    return value
  }

  /** Takes a decimal or hexadecimal integer and gives its low bits, as C cuts it: for fields without a range check. */
  cutInteger(bits: 16 | 32): number {
    if (this.kind !== T.integer && this.kind !== T.hex) this.unexpected(EXPECT.anyInteger)
    const value = lowBits(this.integerValue(), bits)
    this.next()
    return value
  }

  /** Like `integer`, within a range; `what` are upstream's words before "out of range". */
  integerWithin(min: number, max: number, refuse: (found: string) => SemanticWording, expected?: Expectation): number {
    const { start, end } = this
    const value = this.integer(expected)
    if (value < min || value > max) this.refuse({ start, end }, refuse(this.source.slice(start, end)))
    return value
  }

  spanFrom(start: number): Span {
    return { start, end: this.previousEnd }
  }

  tokenSpan(): Span {
    return { start: this.start, end: this.end }
  }

  enter(): void {
    if (++this.depth > MAX_DEPTH) this.tooDeep()
  }

  leave(): void {
    this.depth--
  }

  /** The current token is not what the grammar expects. */
  unexpected(expected: Expectation): never {
    const text = this.sourceText()
    const before = this.source.slice(0, this.previousEnd)
    const found = {
      kind: this.kind,
      text,
      point: this.source.codePointAt(this.start) ?? 0,
      defined: this.replacement !== null,
      before: /\S+$/.exec(before.slice(-40))?.[0] ?? '',
    }
    const { code, message, hint } = syntaxWording(found, expected)
    this.rejectSyntax(code, message, hint, text)
  }

  /** A value that cannot be, at `span`. */
  refuse(span: Span, wording: SemanticWording, upstreamLine: number = this.anchorLine): never {
    const { line, column } = lineOf(this.source, span.start)
    throw new Rejection({
      code: 'LD_SEMANTIC',
      kind: 'semantic',
      span,
      line,
      column,
      message: wording.message,
      hint: wording.hint,
      upstreamLine,
      upstreamMessage: `semantic error: ${wording.upstream}`,
    })
  }

  private tooDeep(): never {
    this.rejectSyntax('LD_SYNTAX', `nested more than ${MAX_DEPTH} deep`, null, this.sourceText())
  }

  private rejectSyntax(code: DiagnosticCode, message: string, hint: string | null, text: string): never {
    const { line, column } = lineOf(this.source, this.start)
    throw new Rejection({
      code,
      kind: 'syntax',
      span: this.tokenSpan(),
      line,
      column,
      message,
      hint,
      upstreamLine: this.line,
      upstreamMessage: `parse error at '${text}': syntax error`,
    })
  }
}
