// node test/planted/main.mjs [--checks] [NAME]...: kernels with a bug that we have planted, for the tests that want one: for
// each NAME.diff beside this file a kernel `planted-NAME`; with --checks `planted-NAME-checked`, which has KASAN, lockdep and
// UBSAN, and is compiled whole (10 to 20 minutes). The patch goes onto the sources of the kernel `default`, and only what
// it touches is compiled: sources and objects get an overlay in a mount namespace, so neither is changed. No root is needed,
// but `lunadrill kernel build` before it, and Debian's patch and util-linux.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder, kernelNamed } from '../../packages/engine/dist/virtual-kernel/cache.js'

const here = dirname(fileURLToPath(import.meta.url))
const root = resolve(here, '../..')
const known = readdirSync(here)
  .filter((file) => file.endsWith('.diff'))
  .map((file) => file.slice(0, -'.diff'.length))

const script = `
mount -t overlay overlay -o "lowerdir=$1,upperdir=$3/1,workdir=$3/2" "$1"
mount -t overlay overlay -o "lowerdir=$2,upperdir=$3/3,workdir=$3/4" "$2"
patch -s -p1 --no-backup-if-mismatch -d "$1" <"$4"
program=$5 tree=$1
shift 5
exec "$program" kernel build --source="$tree" --out="$@"
`

/** The tree that a kernel was built from: null where it is not there, or was a tarball. */
function treeOf({ source }) {
  const folder = join(cacheFolder(), 'kernel-source', source.replace(/^Debian /, '').replace(' ', '_'))
  const tree = source.startsWith('Debian ') ? folder : source
  return statSync(tree, { throwIfNoEntry: false })?.isDirectory() ? tree : null
}

const args = process.argv.slice(2)
const checks = args.includes('--checks') ? ['--kasan', '--lockdep', '--ubsan'] : []
const kernelOf = (name) => (checks.length === 0 ? `planted-${name}` : `planted-${name}-checked`)

/** Whether the build succeeded. */
function build(name, tree) {
  const layer = mkdtempSync(join(cacheFolder(), 'planted-'))
  try {
    for (const room of ['1', '2', '3', '4']) mkdirSync(join(layer, room))
    const objects = join(cacheFolder(), 'kernel-build')
    const words = [tree, objects, layer, join(here, `${name}.diff`), join(root, 'lunadrill'), kernelOf(name), ...checks]
    const how = ['--user', '--map-root-user', '--mount', 'sh', '-ec', script, 'sh', ...words]
    return spawnSync('unshare', how, { stdio: 'inherit' }).status === 0
  } finally {
    rmSync(layer, { recursive: true, force: true })
  }
}

const names = args.filter((word) => word !== '--checks')
const unknown = names.find((name) => !known.includes(name))
const original = kernelNamed('default')
const tree = original === null ? null : treeOf(original)
if (unknown !== undefined) {
  console.error(`no such patch: ${unknown} (there are: ${known.join(', ')})`)
  process.exit(2)
}
if (tree === null) {
  console.error('the kernel `default` or its sources are not there: lunadrill kernel build')
  process.exit(2)
}
const fresh = (name) => {
  const built = kernelNamed(kernelOf(name))?.builtAt
  return (
    built !== undefined && built > original.builtAt && Date.parse(built) > statSync(join(here, `${name}.diff`)).mtimeMs
  )
}
const failed = (names.length === 0 ? known : names).filter((name) => !fresh(name)).filter((name) => !build(name, tree))
if (failed.length > 0) console.error(`not built: ${failed.join(', ')}`)
process.exit(failed.length === 0 ? 0 : 2)
