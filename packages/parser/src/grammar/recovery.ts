// Where reading goes on after an error. The language has no end of statement, so the lines decide: a statement begins
// at the first token of a line that looks like one and stands no deeper than the statement in error began.
// Only ever runs when something is wrong, so it may look at tokens twice.

import type { Finding } from '../diagnostic/rejection.js'
import { HASH, startsConditional } from '../dialect/conditional.js'
import { Scanner } from '../scan/scanner.js'
import { C, K, T } from '../scan/token.js'
import type { Reader } from './reader.js'

/** Leaves the reader on the first token of the next event or untimed command, or at the end. */
export function recoverAtStatement(reader: Reader): void {
  reader.abandon()
  const indent = indentOf(reader.source, reader.statementStart)
  if (reader.start === reader.statementStart) skipToken(reader)
  while (reader.kind !== T.end && !beginsStatement(reader, indent)) skipToken(reader)
}

/** The same within the option block, where the next option will do too. */
export function recoverAtOption(reader: Reader): void {
  reader.abandon()
  const indent = indentOf(reader.source, reader.statementStart)
  if (reader.start === reader.statementStart) skipToken(reader)
  while (reader.kind !== T.end && reader.kind !== T.option && !beginsStatement(reader, indent)) skipToken(reader)
}

/** A comment without an end is all that follows; a string or command with an event in it is none. */
function skipToken(reader: Reader): void {
  const { source, start, kind } = reader
  if (kind === T.unclosed && source.charCodeAt(start) === C.slash) reader.continueAt(source.length, reader.line)
  else if (hasSwallowed(reader)) reader.continueAt(source.indexOf('\n', start), reader.startLine)
  else reader.next()
}

/** Blanks before the first token of the line in which `offset` lies. */
function indentOf(source: string, offset: number): number {
  const lineStart = source.lastIndexOf('\n', offset - 1) + 1
  return /^[ \t]*/.exec(source.slice(lineStart, offset))?.[0].length ?? 0
}

function beginsStatement(reader: Reader, indent: number): boolean {
  const { source, start, previousEnd, kind } = reader
  if (start !== 0 && !source.slice(previousEnd, start).includes('\n')) return false
  const ahead = reader.fork()
  ahead.continueAt(start, reader.line)
  // `+` before a number is in a time only; the rest must not stand deeper.
  if (kind === C.plus) {
    ahead.next()
    if (looksLikeTime(ahead)) return true
  }
  if (indentOf(source, start) > indent) return false
  if (kind === C.plus || (kind === HASH && startsConditional(reader))) return true
  if (kind === T.backtick) return !hasSwallowed(reader)
  if (kind !== C.star && !looksLikeTime(ahead)) return false
  ahead.next()
  return looksLikeAction(ahead)
}

/** Also what is meant to be a time: `1e3`, `3s`, `0x1`. */
function looksLikeTime({ kind, source, start }: Scanner): boolean {
  if (kind === T.word) return /[0-9]/.test(source.charAt(start))
  return kind === T.integer || kind === T.float || kind === T.hex
}

/** Behind a `<` these make a list of TCP options and no packet. */
const OPTION_STARTS: ReadonlySet<number> = new Set([
  K.nop,
  K.eol,
  K.mss,
  K.wscale,
  K.sackOK,
  K.sack,
  K.TS,
  K.md5,
  K.FO,
  K.FOEXP,
  K.ECN,
  T.ellipsis,
])

function looksLikeAction(ahead: Scanner): boolean {
  switch (ahead.kind) {
    case C.less:
      ahead.next()
      return !OPTION_STARTS.has(ahead.kind)
    case C.greater:
    case C.tilde:
    case T.ellipsis:
    case T.backtick:
    case T.code:
      return true
    case T.word:
      ahead.next()
      return ahead.kind === C.openParenthesis
  }
  return false
}

// ------------------------------------------------------------------ what a missing quote has swallowed

/** A line that can only be an event. */
const EVENT_LINE = /\n[ \t]*(?:\*|\+?[0-9]*\.?[0-9]+\S*)[ \t]*(?:[<>`]|%\{|\w+[ \t]*\()/

const QUOTED: ReadonlyMap<number, readonly [what: string, hint: string]> = new Map([
  [T.string, ['string', 'Is its closing quote missing?']],
  [T.backtick, ['command', 'Is its closing backquote missing?']],
])

/** The token is a string or command over several lines, one of which can only be an event. */
function hasSwallowed(scanner: Scanner): boolean {
  return QUOTED.has(scanner.kind) && EVENT_LINE.test(scanner.sourceText())
}

/**
 * When a string or command before the error has swallowed an event, that is the mistake: its closing is
 * missing, and the next opening has closed it. Gives the finding that says so (upstream's words stay), with the reader
 * on the line behind the opening; or null.
 */
export function blameSwallower(reader: Reader, finding: Finding): Finding | null {
  const { source } = reader
  if (finding.kind !== 'syntax') return null
  const scanner = new Scanner(source)
  // Lines are counted from here on; only their difference matters.
  scanner.continueAt(Math.max(reader.previousStatementStart, reader.blamedUpTo), 1)
  for (; scanner.kind !== T.end && scanner.start < finding.span.start; scanner.next()) {
    const quoted = QUOTED.get(scanner.kind)
    if (quoted === undefined || !hasSwallowed(scanner)) continue
    const { start, startLine, line } = scanner
    const [what, hint] = quoted
    const below = line - startLine === 1 ? 'a line' : `${line - startLine} lines`
    const message = `the ${what} that starts here ends ${below} below, with an event in it`
    // Lines of the reader are those of its token's end.
    const newline = source.indexOf('\n', start)
    reader.continueAt(newline, lineAt(reader, newline))
    reader.statementStart = start
    reader.blamedUpTo = newline
    return { ...finding, code: 'LD_UNCLOSED', span: { start, end: start + 1 }, message, hint }
  }
  return null
}

/** The line, from 1, of an offset before the reader's token. */
function lineAt({ source, end, line }: Reader, offset: number): number {
  let before = line
  for (let at = source.indexOf('\n', offset); at !== -1 && at < end; at = source.indexOf('\n', at + 1)) before--
  return before
}
