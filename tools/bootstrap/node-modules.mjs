// npm's packages: `npm ci`, only where package-lock.json is not the one that node_modules was made from.
// The stamp lies inside node_modules and is written last, so an interrupted installation never counts as done.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BootstrapFailure, logOf, root, runLogged, say, tail } from './report.mjs'

const stamp = join(root, 'node_modules/.lunadrill-lock')

/** npm waits up to a minute between its tries; where there is no network, that only delays saying so. */
const impatient = ['--fetch-retry-mintimeout=2000', '--fetch-retry-maxtimeout=10000']

export async function installNodeModules() {
  const hash = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
  const [command, first] = npm()
  const args = [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline', ...impatient]
  const ran = await runLogged('npm', 'installing npm packages (npm ci)', command, args)
  if (ran.status !== 0) throw failure(ran)
  writeFileSync(stamp, hash)
  say(`installed in ${ran.seconds} s`)
}

/** npm as it was called, or the npm beside this node, or the one in PATH. */
function npm() {
  const asked = process.env.npm_execpath
  if (asked && /npm-cli\.[cm]?js$/.test(asked) && existsSync(asked)) return [process.execPath, [asked]]
  const beside = join(process.execPath, '../npm')
  return [existsSync(beside) ? beside : 'npm', []]
}

function failure({ status, log }) {
  const unreachable = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ECONNRESET/.test(log)
  const denied = /EACCES|EPERM/.test(log)
  let remedy = `look into ${logOf('npm')}, mend it, and run the same command again`
  if (status === -1) remedy = 'npm was not found: install it (it comes with Node from nodejs.org or nodesource)'
  else if (unreachable)
    remedy = 'the npm registry cannot be reached: check the network (and proxy), then run the same command again'
  else if (denied)
    remedy = `node_modules belongs to another user: sudo chown -R $(id -un) '${root}', then the same command again`
  // npm says what is wrong first, then prints its whole usage.
  const words = log.split('\n').filter((line) => line.trim() !== 'npm error')
  return new BootstrapFailure(`npm ci failed:\n${tail(words.slice(0, 12).join('\n'))}`, remedy)
}
