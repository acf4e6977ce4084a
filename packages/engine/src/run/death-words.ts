// What the end of a run's process means. Supervisor, untimed. Read first: flight/stack-fault.ts.
import { reportTitle } from '../flight/sanitizer-report.js'
import type { Failure, StackFault } from '../trace/failure.js'
import type { RunMessage } from './task.js'
import type { StackChoice } from './types.js'

type Words = Pick<Failure, 'verdict' | 'code' | 'message' | 'hint'>

/** How a run's process came to its end without a report. */
export interface Death {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  /** Set where we ended it ourselves. */
  readonly hang: Extract<RunMessage, { kind: 'hang' }> | null
}

/** lunadrill-guard's own trouble (kernel-native/README.md). */
const GUARD_FAILED = 125

/** `fault`: what a userspace stack's host has left of it. */
export function deathWords(stack: StackChoice, { status, signal, hang }: Death, fault: StackFault | null): Words {
  if (hang !== null) return hangWords(hang)
  if (status === GUARD_FAILED) {
    const message = 'the run process could not be started: lunadrill-guard failed, see its line above'
    return { verdict: 'error', code: 'LD_GUARD', message, hint: null }
  }
  const how = signal === null ? `exited with status ${status}` : `was killed by ${signal}`
  if (stack.kind !== 'userspace') {
    const hint = 'a kernel run shares its process with nothing that may crash: was it killed from outside?'
    return { verdict: 'error', code: 'LD_RUN_PROCESS', message: `the run process ${how}`, hint }
  }
  const report = reportTitle(fault?.words ?? null)
  if (report !== null) {
    const message = `${report}${fault?.entry ? `, in ${entryText(fault.entry)}` : ''}`
    const hint = report.startsWith('Address') ? REPORT_HINT : 'the words above begin with its file, line and column'
    return { verdict: 'crash', code: 'LD_STACK_CRASH', message, hint }
  }
  const where = fault?.entry ? ` in ${entryText(fault.entry)}` : ''
  const message = `the stack's process ${how}${where}${fault?.words ? `: ${firstLine(fault.words)}` : ''}`
  return { verdict: 'crash', code: 'LD_STACK_CRASH', message, hint: crashHint(signal, fault) }
}

function hangWords({ entry, seconds, how }: NonNullable<Death['hang']>): Words {
  const hints = {
    runs: 'it runs: an endless loop in the stack; the run was ended',
    waits: 'it sleeps: a deadlock, or a call that blocks, in the stack; the run was ended',
  }
  return {
    verdict: 'hang',
    code: 'LD_STACK_HANG',
    message: `the stack did not come back from ${entryText(entry)} for ${seconds} s`,
    hint: how === null ? 'an endless loop or a deadlock in the stack; the run was ended' : hints[how],
  }
}

const entryTexts: Readonly<Record<string, string>> = { call: 'a socket call', inspect: 'tcp_info() or list_sockets()' }
const entryText = (entry: string) => entryTexts[entry] ?? `${entry}()`
const REPORT_HINT = 'what AddressSanitizer knows of the memory stands above; docs/sanitizers.md says how to read it'
const firstLine = (text: string) => text.split('\n', 1)[0] ?? ''

function crashHint(signal: NodeJS.Signals | null, fault: StackFault | null): string {
  if (fault?.signal === 'SIGSEGV' && isRecursion(fault)) return 'the stack called itself without end'
  const at = fault?.address ? ` (${fault.address})` : ''
  const hint = crashHints.get(signal ?? '')
  if (hint !== undefined) return `${hint}${signal === 'SIGSEGV' || signal === 'SIGBUS' ? at : ''}`
  return 'the stack, or something it called, ended the process'
}

/** So many frames at least, all of one or two functions. */
function isRecursion({ backtrace }: StackFault): boolean {
  if (backtrace.length < 16) return false
  const names = new Set(backtrace.map(({ object, symbol, offset }) => `${object} ${symbol ?? offset}`))
  return names.size <= 3
}

const crashHints: ReadonlyMap<string, string> = new Map([
  ['SIGSEGV', 'the stack accessed memory that is not its own'],
  ['SIGBUS', 'the stack accessed memory that is not there'],
  ['SIGFPE', 'the stack divided by zero'],
  ['SIGILL', 'the stack ran into an illegal instruction (a built-in trap, perhaps)'],
  ['SIGABRT', 'the stack gave up by itself (abort, or a failed assertion)'],
  ['SIGKILL', 'it was killed from outside (kill -9, or the machine was out of memory)'],
])
