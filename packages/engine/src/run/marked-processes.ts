// The last resort where lunadrill-guard itself was killed, by a script's command for instance: all that is below it carries
// a mark in its environment, and is found in /proc. Supervisor. Read first: kernel-native/native/guard/descendants.h.
import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { procText } from '../proc.js'

/** The environment variable that holds it. */
export const MARK = 'LUNADRILL_RUN_PROCESS'

export const newMark = (): string => randomUUID()

const ROUND_MS = 10
/** Longer than a guard that is left takes to clean up. */
const PATIENCE_ROUNDS = 350
const ROUNDS = PATIENCE_ROUNDS + 50

/** Kills every process with this mark; a guard among them may end by itself first. Gives up on what cannot be killed. */
export async function endMarked(mark: string): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const left = marked(mark)
    if (left.length === 0) return
    for (const pid of left) {
      if (round >= PATIENCE_ROUNDS || procText(pid, 'comm').trim() !== 'lunadrill-guard') kill(pid)
    }
    await sleep(ROUND_MS)
  }
}

function marked(mark: string): number[] {
  const variable = `${MARK}=${mark}`
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  // Of a process that has ended, and only waits to be reaped, the environment is empty.
  return ids.map(Number).filter((pid) => procText(pid, 'environ').split('\0').includes(variable))
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile, or may not be killed.
  }
}
