// Where a number of a segment stands: the tree keeps the segment's place alone.
import type { Span } from '@lunadrill/parser'

const PATTERNS = {
  ack: /\back\s+\d+/,
  sequence: /\d+\s*:\s*\d+\s*\(\s*\d+\s*\)/,
} as const

/** The place of the field, or of the whole segment where comments hide it. */
export function fieldSpan(text: string, segment: Span, field: keyof typeof PATTERNS): Span {
  const found = PATTERNS[field].exec(text.slice(segment.start, segment.end))
  if (found === null) return segment
  const start = segment.start + found.index
  return { start, end: start + found[0].length }
}
