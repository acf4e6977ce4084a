// Builds one native package with node-gyp: node tools/native/main.mjs kernel-native|dpdk-native.
// Node's own headers are used where they are installed, so that nothing is downloaded.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const name = process.argv[2]
const directory = join(root, 'packages', name ?? '')
if (!name || !existsSync(join(directory, 'binding.gyp'))) {
  console.error('usage: node tools/native/main.mjs kernel-native|dpdk-native')
  process.exit(2)
}
if (name === 'dpdk-native' && spawnSync('pkg-config', ['--exists', 'libdpdk']).status !== 0) {
  console.error(
    'dpdk-native: DPDK is not installed, so only the kernel can be tested. Install it with: apt-get install libdpdk-dev liblwip-dev pkg-config',
  )
  process.exit(0)
}
const prefix = dirname(dirname(process.execPath))
const args = [join(root, 'node_modules/node-gyp/bin/node-gyp.js'), 'rebuild', '--silent', '--jobs=max']
if (existsSync(join(prefix, 'include/node/node_api.h'))) args.push(`--nodedir=${prefix}`)
const built = spawnSync(process.execPath, args, { cwd: directory, stdio: 'inherit' })
process.exit(built.status ?? 1)
