// One program of a build: its output goes to a log, its lines to whoever shows progress; it ends with its whole process
// group when the build is called off. Supervisor.
import { spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

export interface StepResult {
  /** null: it could not be started, or was killed. */
  readonly status: number | null
  /** Its last lines, for messages. */
  readonly tail: readonly string[]
}

export interface StepOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly log: string
  readonly signal: AbortSignal
  readonly onLine?: (line: string) => void
}

const TAIL = 200

export async function step(program: string, args: readonly string[], options: StepOptions): Promise<StepResult> {
  const { cwd, env, log, signal, onLine } = options
  signal.throwIfAborted()
  keep(log, `$ ${[program, ...args].join(' ')}`)
  const child = spawn(program, args, {
    cwd,
    env: env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const tail: string[] = []
  const take = (text: string) => {
    keep(log, text)
    tail.push(text)
    if (tail.length > TAIL) tail.shift()
    onLine?.(text)
  }
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', take)
  const end = () => {
    // A child that was not even started has no number.
    if (child.pid === undefined) return
    try {
      process.kill(-child.pid, 'SIGTERM')
    } catch {
      // It has ended.
    }
  }
  signal.addEventListener('abort', end, { once: true })
  try {
    const status = await new Promise<number | null>((resolve) => {
      child.once('error', (error) => {
        take(error.message)
        resolve(null)
      })
      child.once('close', resolve)
    })
    signal.throwIfAborted()
    return { status, tail }
  } finally {
    signal.removeEventListener('abort', end)
  }
}

/** On a full disk the log is the first to fail; what the program says of it counts. */
function keep(log: string, text: string): void {
  try {
    appendFileSync(log, `${text}\n`)
  } catch {
    // Its last lines are kept in memory.
  }
}
