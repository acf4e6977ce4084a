// Where lunadrill-guard lies. An entry of its own, so that a supervisor can start it without loading the addon.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The package's folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/**
 * Absolute path of lunadrill-guard: the local build's, as node-gyp-build prefers it for the addon, else the prebuilt
 * one. Where neither exists, the local path, so that starting it names what is missing.
 */
export function guardPath(): string {
  const local = join(root, 'build/Release/lunadrill-guard')
  const prebuilt = join(root, 'prebuilds', `${process.platform}-${process.arch}`, 'lunadrill-guard')
  return !existsSync(local) && existsSync(prebuilt) ? prebuilt : local
}
