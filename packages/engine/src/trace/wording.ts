// From a failure as data to the text that people read, without colours. Untimed.
import { excerpt, type Span } from '@lunadrill/parser'
import { seconds } from '../clock/tolerance.js'
import type { Failure, Lateness, PacketPair, TraceEntry } from './failure.js'
import { faultText } from './fault-text.js'

/** `path:line:column: message`, the script's line, packets side by side, times, the events before, what to do. */
export function failureText(path: string, script: string, failure: Failure, span: Span | null): string {
  const place = failure.line === null ? path : `${path}:${failure.line}:${failure.column ?? 1}`
  const parts = [`${place}: ${failure.verdict}: ${failure.message}`]
  if (span !== null) parts.push(excerpt(script, span))
  if (failure.packets !== null) parts.push(packetsText(failure.packets))
  if (failure.time !== null) parts.push(timeText(failure.time))
  if (failure.lateness.length > 0) parts.push(latenessText(failure.lateness))
  if (failure.fault !== undefined) parts.push(...faultText(failure.fault))
  if (failure.before.length > 0) parts.push(beforeText(failure.before))
  if (failure.hint !== null) parts.push(`  hint: ${failure.hint}`)
  return parts.join('\n')
}

function packetsText({ rows }: PacketPair): string {
  const cells = [
    ['', 'expected', 'actual', ''],
    ...rows.map((row) => [row.part, row.expected, row.actual, row.differs ? '<-- differs' : '']),
  ]
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => (row[column] as string).length)))
  return cells.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd()).join('\n')
}

function timeText({ expectedUs, endUs, actualUs, toleranceUs }: NonNullable<Failure['time']>): string {
  const expected = endUs === null ? seconds(expectedUs) : `${seconds(expectedUs)}~${seconds(endUs)}`
  const off = actualUs < expectedUs ? actualUs - expectedUs : Math.max(0, actualUs - (endUs ?? expectedUs))
  const late = off === 0 ? 'in time' : `${Math.abs(off)} us ${off < 0 ? 'early' : 'late'}`
  return `  time: expected ${expected} s, happened at ${seconds(actualUs)} s (${late}; tolerance ${toleranceUs} us)`
}

const limits: Readonly<Record<Lateness['reason'], string>> = {
  'half of its tolerance': 'half of its tolerance',
  'a packet of the stack': 'the stack sent a packet by itself after',
  'a tick of a crowded machine': 'beside other runs the timers of the kernel may come a tick late:',
  'with those before': 'all together came later than half of the tolerance here; by itself it may be late by',
}

function latenessText(lateness: readonly Lateness[]): string {
  const lines = lateness.map(({ line, dueUs, actedUs, limitUs, reason }) => {
    const late = `${actedUs - dueUs} us late`
    return `    line ${line}: could have been at ${seconds(dueUs)} s, was at ${seconds(actedUs)} s: ${late} (${limits[reason]} ${limitUs} us)`
  })
  return ['  the tester itself was late, so the stack is not judged:', ...lines].join('\n')
}

function beforeText(before: readonly TraceEntry[]): string {
  const width = Math.max(...before.map(({ line }) => String(line).length))
  const lines = before.map(
    ({ line, atUs, text }) => `    ${seconds(atUs).padStart(10)}  line ${String(line).padStart(width)}  ${text}`,
  )
  return ['  before:', ...lines].join('\n')
}

/** A stretch of the script on one line, cut where it is long. */
export function oneLine(script: string, { start, end }: Span): string {
  const text = script.slice(start, end).replace(/\s+/g, ' ').trim()
  return text.length > 96 ? `${text.slice(0, 95)}…` : text
}
