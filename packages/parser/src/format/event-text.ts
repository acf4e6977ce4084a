// One event as text: its time right-aligned, one blank, its action; line breaks inside stay where the author made them.
// Read first: spacing.ts, lexeme.ts.
import type { ScriptEvent } from '../ast/nodes.js'
import { C, T } from '../scan/token.js'
import type { Lexeme } from './lexeme.js'
import { callSpacing, faultSpacing, packetSpacing, type Spacing } from './spacing.js'

/** What a line that continues an event without an open bracket is indented by, from the action's column. */
const CONTINUATION = 4

/** `width` is that of the time's column. */
export function eventText(event: ScriptEvent, source: string, lexemes: readonly Lexeme[], width: number): string {
  const { action } = event
  const actionStart = action.span.start
  const first = lexemes.findIndex(({ start }) => start >= actionStart)
  const time = lexemes.slice(0, first)
  const writer = new Writer()
  writer.indent(width - firstPart(source.slice(event.time.span.start, event.time.span.end)).length)
  for (const [index, token] of time.entries()) writer.token(token, index === 0 ? false : null, false)
  const spacing = spacingOf(event)
  if (spacing === null) {
    // A construct that has no style yet stays as it is.
    const start = lexemes[first] as Lexeme
    const blank = action.type !== 'call' || action.returnUs === null
    const end = (lexemes.at(-1) as Lexeme).end
    writer.token({ ...start, end, text: source.slice(start.start, end) }, blank, false)
    return writer.text
  }
  let before: Lexeme | null = null
  const glued = lexemes[first]?.kind === T.ellipsis && lexemes[first + 1]?.text.startsWith('.') !== true
  for (const token of withNote(event, source, lexemes.slice(first))) {
    const blank = before === null ? !glued : spacing(token, before)
    // Brackets of packets are told by the direction sign alone: `<` behind it opens the options.
    const opens = OPENING.has(token.kind) || (action.type === 'packet' && before !== null && token.kind === C.less)
    writer.actionToken(token, blank, before !== null, opens)
    before = token
  }
  return writer.text
}

const OPENING = new Set<number>([C.openParenthesis, C.openBracket, C.openBrace])
const CLOSING = new Set<number>([C.closeParenthesis, C.closeBracket, C.closeBrace])

function spacingOf({ action, foreign }: ScriptEvent): Spacing | null {
  if (foreign !== undefined) return null
  switch (action.type) {
    case 'packet':
      return ['tcp', 'udp', 'icmp'].includes(action.body.type) ? packetSpacing(action) : null
    case 'call':
      return callSpacing(action)
    case 'fault':
      return faultSpacing
    default:
      return null
  }
}

/** A call's note is kept as written, and so is one token. */
function withNote({ action }: ScriptEvent, source: string, lexemes: Lexeme[]): readonly Lexeme[] {
  if (action.type !== 'call' || action.note === null) return lexemes
  const resultEnd = action.result.span.end
  const at = lexemes.findIndex(({ kind, start }) => kind === C.openParenthesis && start >= resultEnd)
  const start = lexemes[at] as Lexeme
  const { end } = lexemes.at(-1) as Lexeme
  return [...lexemes.slice(0, at), { ...start, end, text: source.slice(start.start, end) }]
}

/** A time as written, up to its range and without blanks and comments: what is aligned. */
export function firstPart(time: string): string {
  return (/^[^~]*/.exec(time.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*|#.*|\s/g, '')) as RegExpExecArray)[0]
}

interface Bracket {
  readonly column: number
  /** Of the line that it stands on. */
  readonly lineIndent: number
  /** Column of what follows it on its line; null where the line ends there. */
  content: number | null
}

/** Puts tokens, comments and line breaks behind one another, and knows the column. */
class Writer {
  text = ''
  private column = 0
  private lineIndent = 0
  private actionColumn = 0
  private readonly brackets: Bracket[] = []

  indent(columns: number): void {
    this.put(' '.repeat(Math.max(0, columns)))
  }

  /** `blank`: a blank stands before it; null: nothing does. Line breaks are not kept unless a comment demands one. */
  token(token: Lexeme, blank: boolean | null, breaks: boolean): void {
    // What stands before an event's first token is not the event's.
    if (this.text.trim() !== '') this.gap(token, blank === true, breaks)
    this.put(token.text)
  }

  actionToken(token: Lexeme, blank: boolean, inside: boolean, opens: boolean): void {
    const closes = CLOSING.has(token.kind) || (token.kind === C.greater && this.brackets.at(-1)?.content !== undefined)
    this.gap(token, blank, inside, closes)
    if (!inside) {
      this.actionColumn = this.column
      this.lineIndent = this.column
    }
    const bracket = this.brackets.at(-1)
    if (closes) this.brackets.pop()
    else if (bracket !== undefined && bracket.content === null && bracket.lineIndent === this.lineIndent) {
      if (this.column === bracket.column + 1) bracket.content = this.column
    }
    if (opens) this.brackets.push({ column: this.column, lineIndent: this.lineIndent, content: null })
    this.put(token.text)
  }

  private gap({ gap }: Lexeme, blank: boolean, breaks: boolean, closes = false): void {
    let mustBreak = false
    for (const comment of gap.comments) {
      if (mustBreak || (breaks && comment.newlines > 0)) this.newLine(comment.newlines > 1, false)
      else this.put(' ')
      this.put(comment.text)
      mustBreak = comment.toLineEnd
    }
    if (mustBreak || (breaks && gap.newlines > 0)) this.newLine(gap.newlines > 1, closes)
    else if (blank || gap.comments.length > 0) this.put(' ')
  }

  private newLine(blankLine: boolean, closes: boolean): void {
    const bracket = this.brackets.at(-1)
    let indent = this.actionColumn + CONTINUATION
    if (bracket !== undefined) {
      const { content, column, lineIndent } = bracket
      if (closes) indent = content === null ? lineIndent : column
      else indent = content ?? lineIndent + CONTINUATION
    }
    this.text = `${this.text.trimEnd()}${blankLine ? '\n\n' : '\n'}`
    this.column = 0
    this.put(' '.repeat(indent))
    this.lineIndent = indent
  }

  private put(text: string): void {
    this.text += text
    const newline = text.lastIndexOf('\n')
    this.column = newline === -1 ? this.column + text.length : text.length - newline - 1
  }
}
