// The programs and shared objects that a build has made beside its addon, stripped, into the folder of prebuilt ones.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { nativeProducts } from '../native/products.mjs'

/** Their names. Throws what `strip` says. @param {string} directory the package's @param {string} into is there */
export function shipCompanions(directory, into) {
  const files = nativeProducts(directory)
  for (const file of files) {
    const from = join(directory, 'build/Release', file)
    const ran = spawnSync('strip', ['--strip-unneeded', '-o', join(into, file), from], { encoding: 'utf8' })
    if (ran.status !== 0) throw new Error(`strip failed: ${ran.error?.message ?? ran.stderr.trim()}`)
  }
  return files
}
