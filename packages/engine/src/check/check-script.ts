// The static check of a script: everything that can be told without running it. Pure but for nothing: no file, no socket.
// Read first: rule.ts; one rule per file beside it.
import { type Diagnostic, lineOf, parseScript, type Script, type Span } from '@lunadrill/parser'
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
  findings.sort((a, b) => a.span.start - b.span.start)
  const warnings = findings.filter(({ severity }) => severity === 'warning').length
  return { findings, more, errors: findings.length - warnings + more, warnings }
}

function applyRules(text: string, script: Script, options: RunOptions): Finding[] {
  const findings: Finding[] = []
  for (const { name, check } of rules) {
    const add =
      (severity: Finding['severity']) =>
      (span: Span, message: string, hint: string | null = null) => {
        findings.push({ rule: name, severity, span, ...lineOf(text, span.start), message, hint })
      }
    check({ text, script, options }, { error: add('error'), warning: add('warning') })
  }
  return findings
}

function fromDiagnostic({ code, span, line, column, message, hint }: Diagnostic): Finding {
  return { rule: code.replace('LD_', '').toLowerCase(), severity: 'error', span, line, column, message, hint }
}
