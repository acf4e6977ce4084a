// A shell command in backquotes: the text between them, backslashes kept.
import type { CommandAction } from '../ast/nodes.js'
import type { Reader } from './reader.js'

/** Reads the BACKTICK that the reader stands on. */
export function readCommand(reader: Reader): CommandAction {
  const span = reader.tokenSpan()
  const text = reader.quotedText()
  reader.anchorLine = reader.line
  reader.next()
  return { type: 'command', text, span }
}
