// The script line that a message is about, with carets under the place.
import type { Span } from '../ast/nodes.js'
import { lineOf } from './position.js'

/** Longer lines are cut around the place, so that a message stays readable. */
const WIDTH = 160
const BEFORE = 60

/**
 * The line in which `span` starts, with its number, and a second line with carets under the span. Tabs are kept before
 * the carets, so that both lines stand alike in any terminal. A span over several lines is marked up to the end of its
 * first line; an empty one with a single caret. Text beyond the script's end gives its last line.
 */
export function excerpt(text: string, span: Span): string {
  const { line, column } = lineOf(text, span.start)
  const lineStart = Math.max(0, Math.min(span.start, text.length)) - column + 1
  const newline = text.indexOf('\n', lineStart)
  const whole = text.slice(lineStart, newline === -1 ? text.length : newline).replace(/\r$/, '')

  let from = 0
  if (whole.length > WIDTH) from = Math.max(0, Math.min(column - 1 - BEFORE, whole.length - WIDTH))
  const lead = from > 0 ? '…' : ''
  const tail = from + WIDTH < whole.length ? '…' : ''
  const shown = whole.slice(from, from + WIDTH)

  const markStart = column - 1 - from
  const markEnd = Math.min(span.end - lineStart - from, shown.length)
  const gutter = String(line).padStart(4)
  const blanks = (lead + shown.slice(0, markStart)).replace(/[^\t]/g, ' ').padEnd(markStart + lead.length)
  const carets = '^'.repeat(Math.max(1, markEnd - markStart))
  return `${gutter} | ${lead}${shown}${tail}\n${' '.repeat(gutter.length)} | ${blanks}${carets}`
}
