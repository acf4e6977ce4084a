// The build: nx decides what is out of date (about a second where nothing is). Its output is shown on failure only.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { join } from 'node:path'
import { BootstrapFailure, logOf, root, runLogged, say, tail } from './report.mjs'

export const nx = join(root, 'node_modules/.bin/nx')

const { NO_COLOR, ...environment } = process.env
const colours = process.stdout.isTTY && NO_COLOR === undefined

/**
 * Environment of every nx call: no daemon that outlives us, no drawing, colours on a terminal only. nx gives its tasks
 * FORCE_COLOR, and Node prints a warning where NO_COLOR stands beside it.
 */
export const nxEnvironment = {
  ...environment,
  NX_DAEMON: 'false',
  NX_TUI: 'false',
  NX_NO_CLOUD: 'true',
  ...(colours ? {} : { FORCE_COLOR: '0' }),
}

export async function build() {
  const quiet = existsSync(join(root, 'packages/cli/bundle/main/lunadrill.js'))
  if (quiet && !isWritable(root)) {
    say('this folder belongs to another user: using what they built, as it is')
    return
  }
  const args = ['run-many', '-t', 'build', 'native', 'bundle', '--output-style=static']
  const ran = await runLogged('build', 'building', nx, args, { env: nxEnvironment, quiet })
  if (ran.status !== 0) {
    const remedy = /EACCES|EPERM|readonly database/.test(ran.log)
      ? `some files belong to another user: sudo chown -R $(id -un) '${root}', then the same command again`
      : `mend what the log names (${logOf('build')}), then run the same command again; after a change of Node or compiler: git clean -fdX packages .nx`
    throw new BootstrapFailure(`the build failed:\n${failedTasks(ran.log)}`, remedy, 1)
  }
  if (!quiet) say(`built in ${ran.seconds} s`)
}

function isWritable(path) {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** The output of the tasks that nx lists as failed, each cut to its last lines. */
function failedTasks(log) {
  const names = [...(log.split('Failed tasks:')[1] ?? '').matchAll(/^- (\S+)$/gm)].map((found) => found[1])
  const parts = log.split(/^> nx run /m).filter((part) => names.some((name) => part.startsWith(`${name}\n`)))
  return parts.length > 0 ? parts.map((part) => tail(part.split(/^ NX /m)[0], 40)).join('\n') : tail(log, 40)
}

/** Whether prebuilt addons of the package lie here for this machine (see tools/prebuild). */
export const hasPrebuild = (name) =>
  existsSync(join(root, 'packages', name, 'prebuilds', `${process.platform}-${process.arch}`))

export const canCompile = () => ['g++', 'make'].every((tool) => spawnSync(tool, ['--version']).status === 0)
