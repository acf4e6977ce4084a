// What a userspace stack has not given back at the end of its run: the verdict `leak`, where the run would have passed.
// The run process's main thread. Read first: dpdk-native/native/leak/leak-watch.h.
import { readlinkSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Leaks } from '@lunadrill/dpdk-native'
import { lineOf } from '@lunadrill/parser'
import { readFlight } from '../flight/flight-record.js'
import { lostMemory, reportWords } from '../flight/sanitizer-report.js'
import { livePacketText, stackFault } from '../flight/stack-fault.js'
import type { ClosedRun } from '../host/dpdk-worker.js'
import { PROGRESS_FD } from '../host/progress.js'
import type { Failure, Leaked } from '../trace/failure.js'
import { refusal } from '../trace/refusal.js'
import { failureText, oneLine } from '../trace/wording.js'
import type { InterpreterReport, InterpreterTask } from './task.js'

type Task = Pick<InterpreterTask, 'scriptPath' | 'text' | 'script'>
type Descriptor = Leaks['descriptors'][number]

/** What other threads have open for a moment (a question to the admin server) is closed by then. */
const LOOKS = 5
const LOOK_MS = 40

/** The report, with another verdict where the stack has leaked. */
export async function judgeLeaks(task: Task, report: InterpreterReport, closed: ClosedRun): Promise<InterpreterReport> {
  if (report.failure !== null) return report
  const { keptFrames, leaks } = closed
  const descriptors = await lasting(leaks.descriptors)
  if (keptFrames === 0 && descriptors.length === 0 && leaks.heap === '') return report
  const failure = leakFailure(task, keptFrames, leaks, descriptors)
  const span = firstOf(task, leaks.frames, descriptors)?.span ?? null
  return { ...report, failure, message: failureText(task.scriptPath, task.text, failure, span) }
}

/** Those that are still open on the same thing. */
async function lasting(descriptors: readonly Descriptor[]): Promise<readonly Descriptor[]> {
  let left = descriptors
  for (let look = 0; look < LOOKS && left.length > 0; look++) {
    await pause(LOOK_MS)
    left = left.filter(({ number, target }) => targetOf(number) === target)
  }
  return left
}

function targetOf(number: number): string | null {
  try {
    return readlinkSync(`/proc/self/fd/${number}`)
  } catch {
    return null
  }
}

/** The event of the first leak. */
function firstOf({ script }: Task, frames: Leaks['frames'], descriptors: readonly Descriptor[]) {
  const events = [...frames, ...descriptors].flatMap(({ event }) => (event === null ? [] : [event]))
  return events.length === 0 ? undefined : script.events[Math.min(...events)]
}

function leakFailure(
  task: Task,
  keptFrames: number,
  { frames, heap }: Leaks,
  descriptors: readonly Descriptor[],
): Failure {
  const { scriptPath, text, script } = task
  const lineAt = (event: number | null) => (event === null ? null : (script.events[event]?.line ?? null))
  const leaked: Leaked[] = [
    ...frames.map(({ event, octets }): Leaked => ({ kind: 'frame', text: frameText(octets), line: lineAt(event) })),
    ...descriptors.map(({ event, number, target }): Leaked => {
      return { kind: 'descriptor', text: `${number}, open on ${target}`, line: lineAt(event) }
    }),
  ]
  const lost = lostMemory(heap)
  const memory = lost === null ? '' : `${counted(lost, 'octet')} of memory`
  const what = [counted(keptFrames, 'packet buffer'), counted(descriptors.length, 'file descriptor'), memory]
  const message = `the stack has not given back ${what.filter((each) => each !== '').join(' and ')}`
  const first = firstOf(task, frames, descriptors)
  const column = first === undefined ? null : lineOf(text, first.span.start).column
  const place = { line: first?.line ?? null, column }
  const where = place.line === null ? scriptPath : `${scriptPath}:${place.line}`
  const hint = 'what an instance holds is to be freed or closed before its shutdown() returns'
  const words = { verdict: 'leak', code: 'LD_STACK_LEAK', message, hint, upstream: `${where}: ${message}` } as const
  const fault = stackFault(readFlight(PROGRESS_FD), first === undefined ? null : oneLine(text, first.span))
  return { ...refusal(words, place), fault: { ...fault, leaked, words: heap === '' ? fault.words : reportWords(heap) } }
}

const ETHERNET = 14

function frameText(octets: Uint8Array): string {
  if (octets.length <= ETHERNET) return 'an empty one'
  const type = ((octets[12] as number) << 8) | (octets[13] as number)
  if (type === 0x0806) return 'an ARP frame'
  const packet = octets.subarray(ETHERNET)
  return livePacketText(packet, packet.length)
}

const counted = (number: number, word: string) => (number === 0 ? '' : `${number} ${word}${number === 1 ? '' : 's'}`)
