// A script in the field's style: times right-aligned in a column, comments kept, commands and code untouched. What it
// means never changes: the tree is compared before and after.
// Read first: event-text.ts (one event), page.ts (what stands between events).
import type { Script, ScriptEvent, Span } from '../ast/nodes.js'
import type { Diagnostic } from '../diagnostic/diagnostic.js'
import { parseScript } from '../grammar/script.js'
import type { Configure } from '../grammar/settings.js'
import { eventText, firstPart } from './event-text.js'
import { type Lexeme, Lexemes } from './lexeme.js'
import { Page } from './page.js'
import { sameTree } from './same-tree.js'

/** `text` is null, and there are diagnostics as parseScript gives them, where the script does not parse. */
export type FormatResult =
  | { readonly text: string; readonly diagnostics: readonly []; readonly more: 0 }
  | { readonly text: null; readonly diagnostics: readonly Diagnostic[]; readonly more: number }

/** A defect of the formatter: its result would mean something else. Nothing has been written. */
export class FormatError extends Error {
  override readonly name = 'FormatError'
  readonly code = 'LD_INTERNAL'
}

/** Columns of the times, from `  +.1` to `+.000001`; what is wider sticks out. */
const NARROWEST = 5
const WIDEST = 8

/**
 * Formats a script. Idempotent. Throws FormatError where the result would not have the same syntax tree.
 * @param configure as for parseScript: the option block decides what the rest means
 */
export function formatScript(text: string, configure?: Configure): FormatResult {
  const parsed = parseScript(text, configure)
  if (parsed.script === null) return { text: null, diagnostics: parsed.diagnostics, more: parsed.more }
  const formatted = withLineEnds(text, print(text, parsed.script))
  const again = parseScript(formatted, configure)
  if (!sameTree(parsed.script, again.script)) {
    throw new FormatError('the formatted script would not mean the same: it is left alone')
  }
  return { text: formatted, diagnostics: [], more: 0 }
}

type Statement = Span & { readonly event: ScriptEvent | null }

function print(source: string, script: Script): string {
  const lexemes = new Lexemes(source)
  const width = timeWidth(source, script)
  const page = new Page(width - 2)
  for (const { start, end, event } of statements(source, script)) {
    const tokens = lexemes.upTo(end)
    const { gap } = tokens[0] as Lexeme
    page.code(gap, event === null ? source.slice(start, end) : eventText(event, source, tokens, width))
  }
  page.gap(lexemes.last())
  return page.text()
}

/** All that stands at the top level, in order; options that share a line are one. */
function statements(source: string, script: Script): Statement[] {
  const found: Statement[] = []
  for (const { span } of script.options) {
    const before = found.at(-1)
    const shared = before !== undefined && /^[^\S\n]*$/.test(source.slice(before.end, span.start))
    if (shared) found.pop()
    found.push({ start: shared ? before.start : span.start, end: span.end, event: null })
  }
  if (script.init !== null) found.push({ ...script.init.span, event: null })
  const between: Statement[] = []
  for (const event of [...script.events, ...script.excluded]) between.push({ ...event.span, event })
  for (const { span } of script.conditionals) between.push({ ...span, event: null })
  found.push(...between.sort((a, b) => a.start - b.start))
  if (script.cleanup !== null) found.push({ ...script.cleanup.span, event: null })
  return found
}

function timeWidth(source: string, { events }: Script): number {
  let width = NARROWEST
  for (const { time } of events) {
    const { length } = firstPart(source.slice(time.span.start, time.span.end))
    if (length <= WIDEST) width = Math.max(width, length)
  }
  return width
}

/** A file whose every line ends with CRLF keeps them. */
function withLineEnds(source: string, formatted: string): string {
  const crlf = source.includes('\n') && !/(^|[^\r])\n/.test(source)
  return crlf ? formatted.replaceAll(/\r?\n/g, '\r\n') : formatted
}
