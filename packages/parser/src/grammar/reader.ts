// The scanner with one token of look-ahead as the grammar uses it: take, accept, refuse. One reader per script.
import type { ForeignPart, Span } from '../ast/nodes.js'
import type { DiagnosticCode } from '../diagnostic/diagnostic.js'
import { EXPECT, type Expectation } from '../diagnostic/expectation.js'
import { Rejection } from '../diagnostic/rejection.js'
import type { SemanticWording } from '../diagnostic/semantic.js'
import { syntaxWording } from '../diagnostic/syntax.js'
import { lowBits } from '../scan/number.js'
import { Scanner } from '../scan/scanner.js'
import { T } from '../scan/token.js'
import type { ParseSettings } from './settings.js'

/** Nested deeper, a script is no test; and the consumers of the tree recurse too. */
const MAX_DEPTH = 400

export class Reader extends Scanner {
  settings: ParseSettings
  /** The line that upstream names for semantic errors: of the last direction sign, call name, command or code. */
  anchorLine = 1
  /** Line of the last event time that was read. */
  timeLine = 1
  /** Where the statement that is being read starts, and the one before it: what an error may be about. */
  statementStart = 0
  previousStatementStart = 0
  /** Up to here a missing quote has been reported. */
  blamedUpTo = 0
  /** Parts of the current event that only another dialect has. */
  foreign: ForeignPart[] = []
  private depth = 0
  private readonly pending: unknown[] = []
  private pendingCount = 0

  constructor(source: string, settings: ParseSettings) {
    super(source)
    this.settings = settings
    this.next()
  }

  /** The current token is the first of a statement: an option, a command, an event. */
  beginStatement(): void {
    this.previousStatementStart = this.statementStart
    this.statementStart = this.start
  }

  /** Forgets what a rejection has left unfinished. */
  abandon(): void {
    this.depth = 0
    this.pendingCount = 0
    this.foreign = []
  }

  takeForeign(): readonly ForeignPart[] {
    const taken = this.foreign
    this.foreign = []
    return taken
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
  cutInteger(bits: 16 | 32, expected: Expectation = EXPECT.anyInteger): number {
    if (this.kind !== T.integer && this.kind !== T.hex) this.unexpected(expected)
    const value = lowBits(this.integerValue(), bits)
    this.next()
    return value
  }

  /**
   * Lists grow here and are cut out at their exact length: an array that grows by itself reserves room for 17, which
   * would be most of the memory of a script. Call `beginList`, `addToList` for each element, then `endList`.
   */
  beginList(): number {
    return this.pendingCount
  }

  addToList(element: unknown): void {
    this.pending[this.pendingCount++] = element
  }

  /** The elements added since `begin`; the caller added no others. */
  endList<Element>(begin: number): Element[] {
    const list = this.pending.slice(begin, this.pendingCount) as Element[]
    this.pendingCount = begin
    return list
  }

  spanFrom(start: number): Span {
    return { start, end: this.previousEnd }
  }

  textOf(span: Span): string {
    return this.source.slice(span.start, span.end)
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
    const found = {
      kind: this.kind,
      text,
      point: this.source.codePointAt(this.start) ?? 0,
      defined: this.replacement !== null,
      before: /\S+$/.exec(this.source.slice(Math.max(0, this.previousEnd - 40), this.previousEnd))?.[0] ?? '',
    }
    const { code, message, hint } = syntaxWording(found, expected)
    this.rejectSyntax(code, message, hint, text)
  }

  /** A value that cannot be, at `span`. */
  refuse(span: Span, wording: SemanticWording, upstreamLine: number = this.anchorLine): never {
    throw new Rejection({
      code: 'LD_SEMANTIC',
      kind: 'semantic',
      span,
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
    // Nothing stands at the end of the script: what is missing belongs behind the last token.
    const span = this.kind === T.end ? { start: this.previousEnd, end: this.previousEnd } : this.tokenSpan()
    throw new Rejection({
      code,
      kind: 'syntax',
      span,
      message,
      hint,
      upstreamLine: this.line,
      upstreamMessage: `parse error at '${text}': syntax error`,
    })
  }
}
