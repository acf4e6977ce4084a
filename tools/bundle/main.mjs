// Packs the commands and the entries of their processes and threads into a few files: node tools/bundle/main.mjs.
// Loading 150 small modules costs each start of a command 110 ms, in three places (CLI, run process, interpreter thread).
// Native packages and piscina stay outside: they look for files beside themselves.
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const packages = join(resolve(dirname(fileURLToPath(import.meta.url)), '../..'), 'packages')
/** As deep as packages/cli/dist/main, so that paths relative to a module hold in both. */
const dir = join(packages, 'cli/bundle/main')

const bundle = await rolldown({
  input: {
    lunadrill: join(packages, 'cli/dist/main/lunadrill.js'),
    packetdrill: join(packages, 'cli/dist/main/packetdrill.js'),
    'run-child': join(packages, 'engine/dist/run/run-child.js'),
    'interpreter-thread': join(packages, 'engine/dist/run/interpreter-thread.js'),
    guest: join(packages, 'engine/dist/virtual-kernel/guest.js'),
    'dpdk-thread': join(packages, 'engine/dist/host/dpdk-thread.js'),
    'check-child': join(packages, 'engine/dist/stack-check/check-child.js'),
    'check-thread': join(packages, 'engine/dist/stack-check/check-thread.js'),
  },
  platform: 'node',
  external: [/^@lunadrill\/(kernel|dpdk)-native/, 'piscina', /^node:/],
})
// Everything flat: an entry starts another by its name beside itself.
await bundle.write({ dir, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name].js', cleanDir: true })
await bundle.close()
