// Where the programs lie that come with the addon, and two objects. An entry of its own, so that a supervisor can start them without loading
// the addon.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The package's folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/**
 * Absolute path: the local build's, as node-gyp-build prefers it for the addon, else the prebuilt one. Where neither exists,
 * the local path, so that starting it names what is missing.
 */
function programPath(name: string): string {
  const local = join(root, 'build/Release', name)
  const prebuilt = join(root, 'prebuilds', `${process.platform}-${process.arch}`, name)
  return !existsSync(local) && existsSync(prebuilt) ? prebuilt : local
}

/** Runs a program in a network namespace of its own, and ends all below it: native/guard/main.cc. */
export const guardPath = () => programPath('lunadrill-guard')

/** The first process of a kernel in virtual time: native/guest/main.cc. */
export const guestPath = () => programPath('lunadrill-guest')

/** Sets in a guest what scripts set first: native/guest/settings.cc. */
export const settingsPath = () => programPath('lunadrill-settings')

/** Loaded before such a kernel, it gives it random numbers that follow from a seed: native/guest/seed.cc. */
export const seedPath = () => programPath('lunadrill-seed.so')

/** Loaded before Node in a guest, it makes Node's looks at the clock take no time: native/guest/still-clock.cc. */
export const stillClockPath = () => programPath('lunadrill-still.so')
