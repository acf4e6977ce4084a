// Finds the addon and the guard: what prebuildify made (prebuilds/), or what was built here (build/Release).
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Native } from './native.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const nodeGypBuild = createRequire(import.meta.url)('node-gyp-build') as (directory: string) => Native

/** The addon of this thread. Throws an Error of node-gyp-build's where none was built for this platform. */
export const native: Native = nodeGypBuild(root)

/**
 * Absolute path of lunadrill-guard: the local build's, as node-gyp-build prefers it for the addon, else the prebuilt
 * one. Where neither exists, the local path, so that starting it names what is missing.
 */
export function guardPath(): string {
  const local = join(root, 'build/Release/lunadrill-guard')
  const prebuilt = join(root, 'prebuilds', `${process.platform}-${process.arch}`, 'lunadrill-guard')
  return !existsSync(local) && existsSync(prebuilt) ? prebuilt : local
}
