// Finds the addon: what prebuildify made (prebuilds/), or what was built here (build/Release).
import { createRequire } from 'node:module'
import { root } from './guard.js'
import type { Native } from './native.js'

const nodeGypBuild = createRequire(import.meta.url)('node-gyp-build') as (directory: string) => Native

/** The addon of this thread. Throws an Error of node-gyp-build's where none was built for this platform. */
export const native: Native = nodeGypBuild(root)
