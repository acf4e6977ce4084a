// Whether a program is a kernel that scripts can be run on: it is asked for its own configuration. Supervisor.
import { spawnSync } from 'node:child_process'
import { EngineError } from '../errors.js'
import { missingSymbols, neededSymbols } from './configuration.js'

const PATIENCE_MS = 10_000

/** EngineError LD_KERNEL_UNFIT. */
export function checkKernel(program: string): void {
  const { stdout, error } = spawnSync(program, ['--showconfig'], {
    timeout: PATIENCE_MS,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  if (error !== undefined || !/^CONFIG_UML=y$/m.test(stdout)) {
    const why = (error as NodeJS.ErrnoException | undefined)?.code === 'EACCES' ? ' (it may not be executed)' : ''
    throw unfit(`${program} is no User Mode Linux${why}`)
  }
  const missing = missingSymbols(stdout, neededSymbols)
  if (missing.length === 0) return
  throw unfit(`${program} cannot be used: it is built without ${missing.map((name) => `CONFIG_${name}`).join(', ')}`)
}

const unfit = (message: string) =>
  new EngineError(
    'LD_KERNEL_UNFIT',
    message,
    'lunadrill kernel build makes one that fits, from your tree (--source=DIR)',
  )
