// Makes the prebuilt addons of this platform: npm run prebuild [-- kernel-native|dpdk-native …].
// prebuildify compiles and strips the addon into packages/X/prebuilds/linux-x64/; the programs and shared objects that
// the same build makes are stripped and put beside it. node-gyp-build finds them where build/ is absent.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const platform = `${process.platform}-${process.arch}`

/** What lies beside the addon, from build/Release. */
const companions = {
  'kernel-native': ['lunadrill-guard', 'lunadrill-guest', 'lunadrill-seed.so', 'lunadrill-still.so'],
  'dpdk-native': ['libluna.so', 'lunadrill-memif'],
}

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
  for (const file of companions[name]) {
    copyFileSync(join(directory, 'build/Release', file), join(prebuilds, file))
    run('strip', ['--strip-unneeded', join(prebuilds, file)], directory)
  }
  for (const file of readdirSync(prebuilds)) {
    console.log(
      `packages/${name}/prebuilds/${platform}/${file}  ${Math.ceil(statSync(join(prebuilds, file)).size / 1024)} KiB`,
    )
  }
}

const names = process.argv.slice(2)
for (const name of names.length > 0 ? names : Object.keys(companions)) {
  if (!(name in companions)) {
    console.error(`usage: node tools/prebuild/main.mjs [${Object.keys(companions).join('|')} …]`)
    process.exit(2)
  }
  prebuild(name)
}
