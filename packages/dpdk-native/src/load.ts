// Finds the addon and the stack that is built in: what prebuildify made (prebuilds/), or what was built here
// (build/Release). Loads nothing by itself: the kernel must be testable where DPDK is not installed.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Native } from './native.js'

/** The package's folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..')
let loaded: Native | undefined

/** Absolute path of the addon. Throws where none was built. */
export const addonPath = (): string =>
  (createRequire(import.meta.url)('node-gyp-build') as { path(directory: string): string }).path(root)

/** The addon of this thread. Throws what {@link unavailable} would say. */
export function loadNative(): Native {
  loaded ??= (createRequire(import.meta.url)('node-gyp-build') as (directory: string) => Native)(root)
  return loaded
}

/** Why DPDK cannot be used here (no addon was built, a library is missing); undefined where it can. Loads the addon. */
export function unavailable(): string | undefined {
  try {
    loadNative()
    return undefined
  } catch (error) {
    const [why] = (error as Error).message.split('\n')
    const install = 'sudo apt-get install -y --no-install-recommends libdpdk-dev'
    const missing = /^(\S+): cannot open shared object/.exec(why ?? '')?.[1]
    if (missing) return `DPDK is not installed: ${missing} is missing (${install})`
    return /^\S+\.so[.\d]*: /.test(why ?? '')
      ? `DPDK cannot be loaded: ${why} (${install} --reinstall)`
      : 'dpdk-native has not been built for this platform (install libdpdk-dev and liblwip-dev, then: npm run compile)'
  }
}

/** Loaded behind AddressSanitizer's runtime and before UBSan's: native/preload. */
export const sanitizerObject = () => stackPath('lunadrill-sanitizer.so')

/** Absolute path of the program at the other end of `--port=memif`. */
export const memifProgram = () => stackPath('lunadrill-memif')

/**
 * Absolute path of a stack object that comes with lunadrill, by its file name (`libluna.so`: lwIP): the local build's, as
 * node-gyp-build prefers it for the addon, else the prebuilt one. Where neither exists, the local path.
 */
export function stackPath(fileName: string): string {
  const local = join(root, 'build/Release', fileName)
  const prebuilt = join(root, 'prebuilds', `${process.platform}-${process.arch}`, fileName)
  return !existsSync(local) && existsSync(prebuilt) ? prebuilt : local
}
