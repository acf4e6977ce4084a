// Whether a program is a kernel that scripts can be run on: it is asked for its own configuration. Supervisor.
import { spawnSync } from 'node:child_process'
import { EngineError } from '../errors.js'
import { perFile } from '../per-file.js'
import { findKernel } from './cache.js'
import { missingSymbols, neededSymbols } from './configuration.js'

const PATIENCE_MS = 10_000

/**
 * The program that a word behind `--stack=uml:` means, absent: the default; asked once, as long as it stays the same.
 * EngineError LD_KERNEL_NAME, LD_KERNEL_FILE (findKernel), LD_KERNEL_UNFIT.
 */
export function fitKernel(word?: string): string {
  const program = findKernel(word)
  check(program)
  return program
}

const check = perFile((program): void => {
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
})

const unfit = (message: string) =>
  new EngineError(
    'LD_KERNEL_UNFIT',
    message,
    'lunadrill kernel build makes one that fits, from your tree (--source=DIR)',
  )
