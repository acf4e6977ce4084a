// lwIP's source, for the stack lwip-sack (dpdk-native/stacks/lwip-sack): what Debian's liblwip-dev is made of, by apt-get,
// which checks it against the archive's signature. Only lwIP's own files are kept (BSD-3-Clause), Debian's port and patches
// are not used. Nothing of the machine's own apt changes: lists and caches are in a folder of ours for the moment. Where
// the source cannot be had, that one stack is left out.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { logOf, root, runLogged, say } from './report.mjs'

const folder = join(root, '.cache/lwip')

/** The version of the source that belongs to the installed library; undefined where none is installed. */
function installedVersion() {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own.
  const asked = spawnSync('dpkg-query', ['-W', '-f', '${source:Version}', 'liblwip-dev'], { encoding: 'utf8' })
  const version = asked.stdout?.trim() ?? ''
  return asked.status === 0 && /^[\w.+~-]+$/.test(version) ? version : undefined
}

/** The unpacked source; undefined where it is not here. */
export function lwipSource() {
  const version = installedVersion()
  const path = version === undefined ? undefined : join(folder, version)
  return path !== undefined && existsSync(path) ? path : undefined
}

/** Fetches it where it is missing. Never throws: why there is none is said in a line. */
export async function fetchLwipSource() {
  const version = installedVersion()
  if (version === undefined || existsSync(join(folder, version))) return
  const work = join(folder, `fetching-${process.pid}`)
  try {
    mkdirSync(join(work, 'lists/partial'), { recursive: true })
    mkdirSync(join(work, 'cache/archives/partial'), { recursive: true })
    mkdirSync(join(work, 'kept'))
    await fetchInto(work, version)
    renameSync(join(work, 'kept'), join(folder, version))
  } catch (error) {
    say(`skipped: the stack lwip-sack, for want of lwIP's source: ${error.message}`)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

async function fetchInto(work, version) {
  const sources = sourceLines()
  if (sources.length === 0) throw new Error('apt knows no Debian mirror here')
  writeFileSync(join(work, 'sources.list'), sources.join('\n'))
  const options = [
    `Dir::Etc::sourcelist=${work}/sources.list`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${work}/lists`,
    `Dir::Cache=${work}/cache`,
    'APT::Update::Error-Mode=any',
    'APT::Sandbox::User=root',
    'Acquire::Languages=none',
    'Acquire::Retries=1',
    'Acquire::http::Timeout=15',
  ].flatMap((option) => ['-o', option])
  const script = [
    'set -e',
    'cd "$1"; shift',
    'apt-get "$@" -q update',
    `apt-get "$@" -q source --download-only 'lwip=${version}'`,
    'tar=$(ls lwip_*.orig.tar.*)',
    // Python reads xz without the program of that name.
    `python3 -c 'import sys, tarfile; tarfile.open(sys.argv[1]).extractall("unpacked")' "$tar"`,
    'mv unpacked/*/src unpacked/*/COPYING kept',
  ].join('\n')
  const ran = await runLogged('lwip', "fetching lwIP's source", '/bin/sh', ['-c', script, 'sh', work, ...options])
  if (ran.status !== 0) throw new Error(reason(ran.log))
  if (!existsSync(join(work, 'kept/src/core/tcp.c'))) throw new Error('its archive holds something else')
  say(`fetched in ${ran.seconds} s`)
}

/** The sections `main` of Debian that this machine's apt knows, for sources. */
function sourceLines() {
  const targets = ['indextargets', '--format', 'deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)']
  const filter = ['Created-By: Packages', 'Origin: Debian', 'Component: main']
  const asked = spawnSync('apt-get', [...targets, ...filter], { encoding: 'utf8' })
  return asked.status === 0 ? [...new Set(asked.stdout.split('\n').filter((line) => line !== ''))] : []
}

const reason = (log) =>
  /Could not resolve|Temporary failure|Could not connect|Network is unreachable|Unable to connect|timed out/.test(log)
    ? 'the Debian mirror cannot be reached'
    : `apt-get source failed (${logOf('lwip')})`
