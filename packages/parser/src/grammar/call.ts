// A system call as strace would print it.
//   syscall = [ ELLIPSIS time ] WORD '(' [ expr { ',' expr } ] ')' '=' expr [ WORD note ] [ note ] .
//   note    = '(' ( WORD | 'flags' ) { WORD } ')' .
import type { CallAction, Expression } from '../ast/nodes.js'
import { EXPECT } from '../diagnostic/expectation.js'
import { suggest } from '../diagnostic/suggest.js'
import { faultNames } from '../fault/faults.js'
import { C, K, T } from '../scan/token.js'
import { readExpression } from './expression.js'
import type { Reader } from './reader.js'
import { readSeconds } from './time.js'

export function readCall(reader: Reader): CallAction {
  const start = reader.start
  const returnUs = reader.accept(T.ellipsis) ? readSeconds(reader, EXPECT.returnTime) : null
  if (reader.kind !== T.word) reader.unexpected(EXPECT.callName)
  const name = reader.wordText()
  const nameSpan = reader.tokenSpan()
  reader.anchorLine = reader.line
  reader.next()
  reader.take(C.openParenthesis, EXPECT.openCall)
  const args = readArguments(reader)
  if (reader.kind !== C.equals) {
    // Without a result, it may have been meant as a fault.
    const near = suggest(name, faultNames)
    reader.unexpected(near === null ? EXPECT.resultEquals : { ...EXPECT.resultEquals, hint: `Did you mean '${near}'?` })
  }
  reader.next()
  const result = readExpression(reader, EXPECT.result)

  let errno: CallAction['errno'] = null
  if (reader.kind === T.word) {
    errno = { name: reader.wordText(), span: reader.tokenSpan() }
    reader.next()
    if (reader.kind !== C.openParenthesis) reader.unexpected(EXPECT.errnoNote)
  }
  let note: string | null = null
  if (reader.kind === C.openParenthesis) {
    const noteStart = reader.start
    readNote(reader)
    // A second note may stand behind an errno's.
    if (errno !== null && reader.kind === C.openParenthesis) readNote(reader)
    note = reader.source.slice(noteStart + 1, reader.previousEnd - 1)
  }
  return { type: 'call', name, nameSpan, args, result, errno, note, returnUs, span: reader.spanFrom(start) }
}

function readArguments(reader: Reader): Expression[] {
  const begin = reader.beginList()
  if (!reader.accept(C.closeParenthesis)) {
    reader.addToList(readExpression(reader, EXPECT.argument))
    while (reader.accept(C.comma)) reader.addToList(readExpression(reader, EXPECT.nextArgument))
    reader.take(C.closeParenthesis, EXPECT.endOfArgument)
  }
  return reader.endList(begin)
}

/** Takes a note without keeping it. */
function readNote(reader: Reader): void {
  reader.next()
  // `flags` is the only keyword that a note may hold, and only first: strace's "(flags O_RDWR)".
  if (reader.kind !== T.word && reader.kind !== K.flags) reader.unexpected(EXPECT.noteWord)
  reader.next()
  while (reader.kind === T.word) reader.next()
  reader.take(C.closeParenthesis, EXPECT.endOfNote)
}
