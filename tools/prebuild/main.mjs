// Makes the prebuilt addons of this platform: npm run prebuild [-- kernel-native|dpdk-native …].
// prebuildify compiles and strips the addon into packages/X/prebuilds/linux-x64/; all else that the same build makes for
// runs is put beside it (companions.mjs). Both are found there where build/ is absent.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fetchLwipSource, lwipSource } from '../bootstrap/lwip-source.mjs'
import { shipCompanions } from './companions.mjs'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const platform = `${process.platform}-${process.arch}`

const packages = ['kernel-native', 'dpdk-native']

function run(command, args, cwd, env = process.env) {
  const ran = spawnSync(command, args, { cwd, env, stdio: 'inherit' })
  if (ran.status !== 0) {
    console.error(
      `prebuild: failed: ${[command, ...args].join(' ')} (in ${cwd})${ran.error ? `: ${ran.error.message}` : ''}`,
    )
    process.exit(1)
  }
}

function prebuild(name) {
  const directory = join(root, 'packages', name)
  const prebuilds = join(directory, 'prebuilds', platform)
  rmSync(prebuilds, { recursive: true, force: true })
  // Node's own headers where they are installed, so that nothing is downloaded.
  const prefix = dirname(dirname(process.execPath))
  const headers = existsSync(join(prefix, 'include/node/node_api.h')) ? { npm_config_nodedir: prefix } : {}
  const env = { ...process.env, ...headers, PREBUILD_NODE_GYP: join(root, 'node_modules/.bin/node-gyp') }
  run(
    join(root, 'node_modules/.bin/prebuildify'),
    ['--napi', '--strip', '--target', process.versions.node],
    directory,
    env,
  )
  shipCompanions(directory, prebuilds)
  for (const file of readdirSync(prebuilds)) {
    console.log(
      `packages/${name}/prebuilds/${platform}/${file}  ${Math.ceil(statSync(join(prebuilds, file)).size / 1024)} KiB`,
    )
  }
}

const names = process.argv.slice(2)
if (names.some((name) => !packages.includes(name))) {
  console.error(`usage: node tools/prebuild/main.mjs [${packages.join('|')} …]`)
  process.exit(2)
}
const chosen = names.length > 0 ? names : packages
if (chosen.includes('dpdk-native')) {
  // A release has every built-in stack.
  await fetchLwipSource()
  if (lwipSource() === undefined) {
    console.error(
      "prebuild: the stacks lwip-sack and lwip-packetdrill are made of lwIP's source, which is not here: npm run setup says why",
    )
    process.exit(1)
  }
}
for (const name of chosen) prebuild(name)
