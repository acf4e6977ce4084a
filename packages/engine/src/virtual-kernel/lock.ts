// Two builds of one kernel must not write the same objects: a file with the owner's process number, taken over from the
// dead. Supervisor.
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { EngineError } from '../errors.js'

/** Returns what releases it. EngineError LD_KERNEL_BUSY while another process lives that holds it. */
export function holdLock(path: string): () => void {
  for (;;) {
    try {
      const file = openSync(path, 'wx')
      writeSync(file, String(process.pid))
      closeSync(file)
      return () => rmSync(path, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const owner = ownerOf(path)
    if (owner !== null && isAlive(owner)) {
      throw new EngineError('LD_KERNEL_BUSY', `process ${owner} is building this kernel already`, 'wait for it to end')
    }
    rmSync(path, { force: true })
  }
}

function ownerOf(path: string): number | null {
  try {
    return Number(readFileSync(path, 'utf8')) || null
  } catch {
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
