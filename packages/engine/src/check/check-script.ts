// The static check of a script: everything that can be told without running it. Pure but for nothing: no file, no socket.
// Read first: rule.ts; one rule per file beside it.
import { type Diagnostic, parseScript, type Script, type Span } from '@lunadrill/parser'
import { defaultOptions } from '../run/options.js'
import { configureRun } from '../run/prepare.js'
import type { RunOptions, RunRequest } from '../run/types.js'
import { callArguments } from './call-arguments.js'
import { callResult } from './call-result.js'
import { descriptors } from './descriptors.js'
import type { Finding } from './finding.js'
import { inboundAck } from './inbound-ack.js'
import { outboundAck } from './outbound-ack.js'
import { outboundSequence } from './outbound-sequence.js'
import type { Rule } from './rule.js'
import { sackBlocks } from './sack-blocks.js'
import { symbols } from './symbols.js'
import { times } from './times.js'
import { tolerance } from './tolerance.js'

const rules: readonly Rule[] = [
  symbols,
  callArguments,
  callResult,
  descriptors,
  outboundSequence,
  outboundAck,
  inboundAck,
  sackBlocks,
  times,
  tolerance,
]

export interface CheckResult {
  /** In the order of the script. */
  readonly findings: readonly Finding[]
  /** Errors beyond those that the parser tells. */
  readonly more: number
  readonly errors: number
  readonly warnings: number
}

/**
 * Checks a script.
 * @param text the whole file, decoded
 * @param given options of the command line, applied over the script's; throws PreparationError where one cannot be
 */
export function checkScript(text: string, given: RunRequest['options'] = []): CheckResult {
  let options = defaultOptions
  const configure = configureRun(given, (filled) => {
    options = filled
  })
  const { script, diagnostics, more } = parseScript(text, configure)
  const findings = script === null ? diagnostics.map(fromDiagnostic) : applyRules(text, script, options)
  if (script === null) findings.sort((a, b) => a.span.start - b.span.start)
  const warnings = findings.filter(({ severity }) => severity === 'warning').length
  return { findings, more, errors: findings.length - warnings + more, warnings }
}

function applyRules(text: string, script: Script, options: RunOptions): Finding[] {
  const found: Unplaced[] = []
  for (const { name, check } of rules) {
    const add =
      (severity: Finding['severity']) =>
      (span: Span, message: string, hint: string | null = null) => {
        found.push({ rule: name, severity, span, message, hint })
      }
    check({ text, script, options }, { error: add('error'), warning: add('warning') })
  }
  return placed(text, found)
}

type Unplaced = Omit<Finding, 'line' | 'column'>

/** Sorted, with lines and columns, in one pass over the text. */
function placed(text: string, found: readonly Unplaced[]): Finding[] {
  let line = 1
  let lineStart = 0
  return found
    .toSorted((a, b) => a.span.start - b.span.start)
    .map((finding) => {
      const { start } = finding.span
      for (let end = text.indexOf('\n', lineStart); end !== -1 && end < start; end = text.indexOf('\n', lineStart)) {
        line++
        lineStart = end + 1
      }
      return { ...finding, line, column: start - lineStart + 1 }
    })
}

function fromDiagnostic({ code, span, line, column, message, hint }: Diagnostic): Finding {
  return { rule: code.replace('LD_', '').toLowerCase(), severity: 'error', span, line, column, message, hint }
}
