// EAL makes a runtime directory where it finds none, and leaves it; here it finds one (see runtime/dpdk/rte/README.md).
// The main thread alone: only its process.env is the process's own environment.
import { join } from 'node:path'
import { root } from './load.js'

/** Before `initEal`; gives back what undoes it, to be called afterwards, so that no child inherits the variable. */
export function lendRuntimeFolder(): () => void {
  const before = process.env.RUNTIME_DIRECTORY
  process.env.RUNTIME_DIRECTORY = join(root, 'runtime')
  return () => {
    if (before === undefined) delete process.env.RUNTIME_DIRECTORY
    else process.env.RUNTIME_DIRECTORY = before
  }
}
