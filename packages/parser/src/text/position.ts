// Offsets to lines and columns. Lines end at `\n` alone, as upstream counts them.

/** Line and column, both from 1, of a UTF-16 offset. An offset beyond the text counts as its end. */
export function lineOf(text: string, offset: number): { line: number; column: number } {
  const at = Math.max(0, Math.min(offset, text.length))
  let line = 1
  let lineStart = 0
  for (let newline = text.indexOf('\n'); newline !== -1 && newline < at; newline = text.indexOf('\n', newline + 1)) {
    line++
    lineStart = newline + 1
  }
  return { line, column: at - lineStart + 1 }
}
