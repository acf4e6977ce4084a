// Python between `%{` and `}%`. Blanks at both ends are cut, newlines are not: a block that starts on a new line keeps
// its indentation.
import type { CodeAction } from '../ast/nodes.js'
import type { Reader } from './reader.js'

const isBlank = (character: string): boolean => character === ' ' || character === '\t'

/** Reads the CODE that the reader stands on. */
export function readCode(reader: Reader): CodeAction {
  const { source } = reader
  const span = reader.tokenSpan()
  let from = span.start + 2
  let to = span.end - 2
  while (from < to && isBlank(source.charAt(from))) from++
  while (to > from && isBlank(source.charAt(to - 1))) to--
  // No newline has been cut, so the text starts on the line of the delimiter.
  const line = reader.startLine
  const column = from - source.lastIndexOf('\n', from - 1)
  reader.anchorLine = reader.line
  reader.next()
  return { type: 'code', text: source.slice(from, to), line, column, span }
}
