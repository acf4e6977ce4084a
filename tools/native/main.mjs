// Builds one native package with node-gyp: node tools/native/main.mjs kernel-native|dpdk-native.
// Node's own headers are used where they are installed, so that nothing is downloaded. Where there is no compiler but
// a prebuilt addon (tools/prebuild), that one stays; where there is no DPDK, dpdk-native is left out, by name.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const name = process.argv[2]
const directory = join(root, 'packages', name ?? '')

const works = (command, ...args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0

function main() {
  if (!name || !existsSync(join(directory, 'binding.gyp'))) {
    console.error('usage: node tools/native/main.mjs kernel-native|dpdk-native')
    return 2
  }
  if (!works('g++', '--version') || !works('make', '--version')) {
    if (existsSync(join(directory, 'prebuilds', `${process.platform}-${process.arch}`))) {
      console.error(`${name}: no compiler here, so the prebuilt addon is used`)
      return 0
    }
    console.error(
      `${name}: no compiler here. Install it: sudo apt-get install -y --no-install-recommends g++ make python3`,
    )
    return 1
  }
  if (name === 'dpdk-native' && !works('pkg-config', '--exists', 'libdpdk', 'lwip')) {
    console.error(
      'dpdk-native: DPDK or lwIP is not installed, so only the kernel can be tested. Install them, then build again: ' +
        'sudo apt-get install -y --no-install-recommends pkg-config libdpdk-dev liblwip-dev',
    )
    return 0
  }
  const prefix = dirname(dirname(process.execPath))
  const args = [join(root, 'node_modules/node-gyp/bin/node-gyp.js'), 'rebuild', '--silent', '--jobs=max']
  if (existsSync(join(prefix, 'include/node/node_api.h'))) args.push(`--nodedir=${prefix}`)
  const built = spawnSync(process.execPath, args, { cwd: directory, stdio: 'inherit' })
  if (built.status !== 0) {
    console.error(
      `${name}: node-gyp failed. By hand, with all its words: cd packages/${name} && npx node-gyp rebuild --verbose`,
    )
  }
  return built.status ?? 1
}

process.exitCode = main()
