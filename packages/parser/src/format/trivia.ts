// What stands between two tokens: comments and line ends. The scanner skips it all, so plain parsing pays nothing for
// comments; here the gap between two tokens is read again.

export interface Comment {
  /** Verbatim, without blanks at the end of a line comment. */
  readonly text: string
  /** A `//` or `#` comment: whatever follows it must begin a line. */
  readonly toLineEnd: boolean
  /** Line ends since the token or comment before it: 0 on the same line, 2 or more behind a blank line. */
  readonly newlines: number
  /** Column, from 0, where it stood; tabs reach to the next multiple of 8. */
  readonly column: number
}

export interface Gap {
  readonly comments: readonly Comment[]
  /** Line ends behind the last comment, or in the whole gap where there is none. */
  readonly newlines: number
}

/** Between most tokens stands a blank or nothing: one object for all of them. */
const NOTHING: Gap = { comments: [], newlines: 0 }

/** Reads `source` from `start` to `end`, which holds nothing but blanks and comments. */
export function readGap(source: string, start: number, end: number): Gap {
  let at = start
  while (at < end && source.charCodeAt(at) === 32) at++
  if (at === end) return NOTHING
  const comments: Comment[] = []
  let newlines = 0
  while (at < end) {
    const character = source.charAt(at)
    if (character === '\n') newlines++
    if (/\s/.test(character)) {
      at++
      continue
    }
    const close = endOfComment(source, at, end)
    const toLineEnd = !source.startsWith('/*', at)
    const text = source.slice(at, close)
    comments.push({ text: toLineEnd ? text.trimEnd() : text, toLineEnd, newlines, column: columnOf(source, at) })
    newlines = 0
    at = close
  }
  return { comments, newlines }
}

/** Comments have been closed, or the script would not have parsed. */
function endOfComment(source: string, at: number, end: number): number {
  if (source.startsWith('/*', at)) return source.indexOf('*/', at + 2) + 2
  const newline = source.indexOf('\n', at)
  return newline === -1 || newline > end ? end : newline
}

function columnOf(source: string, offset: number): number {
  let column = 0
  for (let at = source.lastIndexOf('\n', offset - 1) + 1; at < offset; at++) {
    column = source.charAt(at) === '\t' ? column - (column % 8) + 8 : column + 1
  }
  return column
}
