// One foreign program: `/bin/sh -c` as a direct child of the run's process, on the interpreter's thread, so that it lives
// in the run's network namespace. It leads a session of its own: what it does to its process group (`kill 0`) stays there,
// and when its time is up the group is ended with it. Output goes straight to where it belongs: nothing is gathered.
// Read first: system(3), setsid(2); strays.ts; kernel-native/native/process.
import { constants } from 'node:os'
import { runChild } from '@lunadrill/kernel-native'
import { Problem } from '../trace/problem.js'
import { endStrays } from './strays.js'

export interface CommandFailure {
  /** LD_COMMAND_TIMEOUT for one that was ended when its time was up. */
  readonly code: 'LD_COMMAND' | 'LD_COMMAND_TIMEOUT'
  /** Upstream's words, such as `non-zero status 1`; ours for what it does not have. */
  readonly why: string
  readonly hint: string
}

/**
 * Runs `text` to its end and returns null where it succeeded. `timeoutS`: seconds after which it is ended, with all that
 * it has started; 0: never. `extra`: descriptors that it gets as 3, 4, …. `launcher`: a program that becomes the shell.
 */
export function runCommand(
  text: string,
  timeoutS: number,
  extra: readonly number[] = [],
  launcher: readonly string[] = [],
): CommandFailure | null {
  // `sh` is system(3)'s name for it, with which it prefixes what it complains about.
  const [program, args] = launcher.length === 0 ? ['/bin/sh', ['sh']] : [launcher[0] as string, [...launcher, 'sh']]
  const order = { program, args: [...args, '-c', text], environment: environment(), descriptors: [0, 1, 2, ...extra] }
  try {
    const { waitStatus, timedOut } = runChild(order, timeoutS > 0 ? timeoutS * 1000 : -1)
    if (timedOut) return timeoutFailure(timeoutS)
    const why = statusFailure(waitStatus)
    return why === null ? null : failureOf(why)
  } catch (error) {
    return failureOf((error as Error).message)
  }
}

/** This process's, as a program gets it. */
const environment = () => Object.entries(process.env).map(([name, value]) => `${name}=${value}`)

/** Its group is gone; what has left that goes now. */
function timeoutFailure(timeoutS: number): CommandFailure {
  endStrays()
  const hint = 'it was ended with all that it had started; --command_timeout=SECONDS gives it longer (0: for ever)'
  return { code: 'LD_COMMAND_TIMEOUT', why: `timed out after ${timeoutS} s`, hint }
}

const failureOf = (why: string): CommandFailure => ({
  code: 'LD_COMMAND',
  why,
  hint: 'its output is above, if it said anything',
})

/** wait(2)'s status as upstream reads system(3)'s: a shell killed by another signal than these counts as success. */
export function statusFailure(waitStatus: number): string | null {
  const signal = waitStatus & 0x7f
  if (signal === constants.signals.SIGINT) return 'got signal 2 (Interrupt)'
  if (signal === constants.signals.SIGQUIT) return 'got signal 3 (Quit)'
  const status = (waitStatus >> 8) & 0xff
  return signal !== 0 || status === 0 ? null : `non-zero status ${status}`
}

/** A command that failed: `what` it is in our sentence, and upstream's words before the reason. */
export function commandProblem(what: string, { code, why, hint }: CommandFailure, upstream: string): Problem {
  return new Problem(code, `${what} failed: ${why}`, `${upstream}: ${why}`, { hint })
}
