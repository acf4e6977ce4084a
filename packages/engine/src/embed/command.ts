// One foreign program: `/bin/sh -c` as a direct child of the run's process, on the interpreter's thread, so that it lives
// in the run's network namespace. It leads a session of its own: what it does to its process group (`kill 0`) stays there,
// and when its time is up the group is ended with it. Output goes straight to where it belongs: nothing is gathered.
// Read first: system(3), setsid(2); strays.ts.
import { spawnSync } from 'node:child_process'
import { Problem } from '../trace/problem.js'
import { endStrays } from './strays.js'

export interface CommandFailure {
  /** LD_COMMAND_TIMEOUT for one that was ended when its time was up. */
  readonly code: 'LD_COMMAND' | 'LD_COMMAND_TIMEOUT'
  /** Upstream's words, such as `non-zero status 1`; ours for what it does not have. */
  readonly why: string
  readonly hint: string
}

type Status = Pick<ReturnType<typeof spawnSync>, 'status' | 'signal'>

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
  const detached = { detached: true }
  // `sh` is system(3)'s name for it, with which it prefixes what it complains about.
  const [program, ...args] = launcher.length === 0 ? ['/bin/sh'] : [...launcher, 'sh']
  const ran = spawnSync(program as string, [...args, '-c', text], {
    ...(launcher.length === 0 && { argv0: 'sh' }),
    stdio: ['inherit', 'inherit', 'inherit', ...extra],
    killSignal: 'SIGKILL',
    // Whole milliseconds below 2^31: what Node's timers take.
    ...(timeoutS > 0 && { timeout: Math.min(timeoutS * 1000, 2 ** 31 - 1) }),
    // Works for spawnSync as well, though its types do not say so.
    ...detached,
  })
  const { code, message } = (ran.error ?? {}) as NodeJS.ErrnoException
  if (code === 'ETIMEDOUT') {
    endGroup(ran.pid)
    endStrays()
    const hint = 'it was ended with all that it had started; --command_timeout=SECONDS gives it longer (0: for ever)'
    return { code: 'LD_COMMAND_TIMEOUT', why: `timed out after ${timeoutS} s`, hint }
  }
  const why = message ?? statusFailure(ran)
  return why === null ? null : { code: 'LD_COMMAND', why, hint: 'its output is above, if it said anything' }
}

/** As upstream reads system(3)'s status: a shell killed by another signal than these counts as success. */
export function statusFailure({ status, signal }: Status): string | null {
  if (signal === 'SIGINT') return 'got signal 2 (Interrupt)'
  if (signal === 'SIGQUIT') return 'got signal 3 (Quit)'
  return status === null || status === 0 ? null : `non-zero status ${status}`
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody is left in it.
  }
}

/** A command that failed: `what` it is in our sentence, and upstream's words before the reason. */
export function commandProblem(what: string, { code, why, hint }: CommandFailure, upstream: string): Problem {
  return new Problem(code, `${what} failed: ${why}`, `${upstream}: ${why}`, { hint })
}
