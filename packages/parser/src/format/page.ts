// The page that statements and comments are put on: blank lines, comments on lines of their own, comments behind code.
import type { Gap } from './trivia.js'

/** Blanks between code and the comment behind it. */
const COMMENT_GAP = 2

interface Code {
  readonly type: 'code'
  readonly text: string
  /** Comments behind it on its last line, and the column where the first one stood; null for none. */
  trailing: { text: string; readonly column: number } | null
}

interface CommentLine {
  readonly type: 'comment'
  text: string
  /** null: under the comment behind the code above. */
  readonly indent: number | null
}

type Item = Code | CommentLine | { readonly type: 'blank' }

export class Page {
  private readonly items: Item[] = []

  /** `indent`: of comments that stand before events, where their author has indented them. */
  constructor(private readonly indent: number) {}

  code(gap: Gap, text: string): void {
    this.gap(gap)
    if (gap.newlines > 1) this.blankLine()
    this.items.push({ type: 'code', text, trailing: null })
  }

  /** The comments between two statements: those on the first one's line stay behind it. */
  gap(gap: Gap): void {
    for (const { text, newlines, column } of gap.comments) {
      const last = this.items.at(-1)
      if (newlines === 0 && last?.type === 'code') {
        if (last.trailing === null) last.trailing = { text, column }
        else last.trailing.text += ` ${text}`
        continue
      }
      if (newlines === 0 && last?.type === 'comment') {
        last.text += ` ${text}`
        continue
      }
      if (newlines > 1) this.blankLine()
      this.items.push({ type: 'comment', text, indent: this.indentOf(text, column) })
    }
  }

  private indentOf(text: string, column: number): number | null {
    // The lines of a block comment are aligned with one another: they stay.
    if (column === 0 || text.includes('\n')) return column
    const above = this.items.findLast((item) => item.type !== 'comment' || item.indent !== null)
    if (above?.type === 'code' && above.trailing?.column === column) return null
    return this.indent
  }

  private blankLine(): void {
    const last = this.items.at(-1)
    if (last !== undefined && last.type !== 'blank') this.items.push({ type: 'blank' })
  }

  /** The lines, with a newline at the end. */
  text(): string {
    const lines: string[] = []
    // Comments behind neighbouring lines stand under one another; lines that only continue a comment do not part them.
    let column: number | null = null
    for (const [index, item] of this.items.entries()) {
      if (item.type === 'comment') {
        if (item.indent !== null) column = null
        lines.push(`${' '.repeat(item.indent ?? column ?? 0)}${item.text}`)
      } else if (item.type === 'blank' || item.trailing === null) {
        column = null
        lines.push(item.type === 'blank' ? '' : item.text)
      } else {
        column ??= this.groupColumn(index)
        lines.push(`${item.text}${' '.repeat(column - lastWidth(item.text))}${item.trailing.text}`)
      }
    }
    return `${lines.join('\n')}\n`
  }

  /** Of the group that begins at `index`. */
  private groupColumn(index: number): number {
    let widest = 0
    for (let at = index; at < this.items.length; at++) {
      const item = this.items[at] as Item
      if (item.type === 'comment' && item.indent === null) continue
      if (item.type !== 'code' || item.trailing === null) break
      widest = Math.max(widest, lastWidth(item.text))
    }
    return widest + COMMENT_GAP
  }
}

const lastWidth = (text: string) => text.length - text.lastIndexOf('\n') - 1
