// What a fault of the kernel under test comes to: a verdict with the script's line and the kernel's own report. Supervisor.
// Read first: kernel-log.ts; trace/failure.ts.
import { lineOf } from '@lunadrill/parser'
import { RunPhase } from '../host/layout.js'
import { type InterpreterReport, type RunOrder, unrun } from '../run/task.js'
import type { Failure } from '../trace/failure.js'
import { refusal } from '../trace/refusal.js'
import { failureText, oneLine } from '../trace/wording.js'
import { memoryHint, noMemoryLeft } from './boot-failure.js'
import type { Hang } from './hang-watch.js'
import { type KernelReport, type Reached, readKernelLog } from './kernel-log.js'

type Words = Pick<Failure, 'verdict' | 'code' | 'message' | 'hint'>

/** The kernel complained, or gave up. */
export function faultReport(order: RunOrder, report: KernelReport): InterpreterReport {
  if (/going to sleep forever/.test(report.headline)) {
    const message = 'everything in the guest waits, and no timer is set that could end it'
    const hint = 'a command or a call without an end? or a deadlock in the kernel'
    return judged(order, { verdict: 'hang', code: 'LD_KERNEL_HANG', message, hint }, report.at, report.lines)
  }
  const what = report.fatal ? 'the kernel crashed' : 'the kernel complained of itself'
  const words = {
    verdict: 'crash',
    code: 'LD_KERNEL_CRASH',
    message: `${what}: ${report.headline}`,
    hint: null,
  } as const
  return judged(order, words, report.at, report.lines)
}

/** The guest has ended. `log`: since the run began; `ended`: its first process' last words. */
export function diedReport(order: RunOrder, log: string, ended: string): InterpreterReport {
  const { reached, report } = readKernelLog(log, order.runId)
  if (noMemoryLeft.test(log)) {
    const message = 'this machine has no memory left for the guest'
    return judged(order, { verdict: 'error', code: 'LD_RUN_PROCESS', message, hint: memoryHint }, reached, [])
  }
  if (report !== null) return faultReport(order, report)
  const [, how, number] = /^(exit|signal) (\d+)/.exec(ended) ?? []
  if (how !== undefined) {
    const message = `the run process ${how === 'exit' ? 'exited with status' : 'was killed by signal'} ${number}`
    const hint = "was it a command of the script's?"
    return judged(order, { verdict: 'error', code: 'LD_RUN_PROCESS', message, hint }, reached, [])
  }
  const message = 'the kernel under test was ended from outside'
  const hint = 'kill -9, or the machine was out of memory'
  return judged(order, { verdict: 'error', code: 'LD_RUN_PROCESS', message, hint }, reached, [])
}

export function hangReport(order: RunOrder, { who, cpuS }: Hang, log: string): InterpreterReport {
  const { reached, report } = readKernelLog(log, order.runId)
  const message = `the guest came no further: ${who === 'kernel' ? 'its kernel' : 'a program in it'} computed for ${cpuS} s`
  const where = who === 'kernel' ? 'in the kernel' : 'in a command'
  const hint = `an endless loop ${where}? in virtual time no timer fires while anything computes; --hang_timeout allows more`
  return judged(order, { verdict: 'hang', code: 'LD_KERNEL_HANG', message, hint }, reached, report?.lines ?? [])
}

function judged(order: RunOrder, words: Words, at: Reached, said: readonly string[]): InterpreterReport {
  const { scriptPath, text, script } = order
  const event = at.phase === RunPhase.events && at.event !== null ? script.events[at.event] : undefined
  const [line, column] = event === undefined ? [null, null] : [event.line, lineOf(text, event.span.start).column]
  const where = line === null ? scriptPath : `${scriptPath}:${line}`
  const refused = refusal({ ...words, upstream: `${where}: ${words.message}` }, { line, column })
  const failure =
    words.verdict === 'error'
      ? refused
      : {
          ...refused,
          fault: {
            event: event === undefined ? null : oneLine(text, event.span),
            entry: null,
            signal: null,
            address: null,
            thread: 'stack' as const,
            words: said.length === 0 ? null : said.join('\n'),
            backtrace: [],
            packets: [],
            packetCount: 0,
            leaked: [],
          },
        }
  return unrun(failure, failureText(scriptPath, text, failure, event?.span ?? null))
}
