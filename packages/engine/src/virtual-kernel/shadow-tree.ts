// A developer's tree in which a kernel was built already: make builds nowhere else from such a tree, and cleaning it would
// cost its owner an hour. So the build gets a tree of links to its sources alone. Supervisor.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { EngineError } from '../errors.js'

/** Makes `shadow` anew and returns it. EngineError LD_KERNEL_SOURCE where git does not know what the sources are. */
export function shadowTree(tree: string, shadow: string): string {
  const asked = spawnSync('git', ['-C', tree, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (asked.status !== 0) {
    throw new EngineError(
      'LD_KERNEL_SOURCE',
      `${tree} holds the products of a build (.config, include/config), and is no git tree that tells them from sources`,
      `clean it (make -C ${tree} mrproper), or name a copy`,
    )
  }
  rmSync(shadow, { recursive: true, force: true })
  const made = new Set<string>()
  for (const file of asked.stdout.split('\0')) {
    if (file === '') continue
    const folder = dirname(join(shadow, file))
    if (!made.has(folder)) mkdirSync(folder, { recursive: true })
    made.add(folder)
    symlinkSync(join(tree, file), join(shadow, file))
  }
  return shadow
}
