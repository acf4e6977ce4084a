// Debian packages: what is needed for what, which are missing, and their installation (root) or the line to run (others).
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { BootstrapFailure, logOf, runLogged, say, tail } from './report.mjs'

/**
 * Every package, with its reason. `for`: build = compiling the addons; dpdk = compiling and running userspace stacks
 * (kernel testing works without); scripts = what test scripts call; kernels = building kernels for virtual time;
 * lint = `npm run lint`.
 */
export const packages = [
  { name: 'g++', for: 'build', why: 'compiles the native addons and lunadrill-guard' },
  { name: 'make', for: 'build', why: 'node-gyp builds with it' },
  { name: 'python3', for: 'scripts', why: 'Python blocks of scripts; node-gyp' },
  { name: 'pkg-config', for: 'dpdk', why: "finds DPDK's compiler flags" },
  { name: 'libdpdk-dev', for: 'dpdk', why: 'DPDK 22.11, the wire of userspace stacks' },
  { name: 'liblwip-dev', for: 'dpdk', why: 'lwIP 2.1.3, the built-in userspace stack' },
  { name: 'net-tools', for: 'scripts', why: 'netstat' },
  { name: 'iproute2', for: 'scripts', why: 'ss, ip' },
  { name: 'curl', for: 'scripts', why: 'asks the admin port 8899' },
  { name: 'procps', for: 'scripts', why: 'sysctl' },
  { name: 'flex', for: 'kernels', why: 'lunadrill kernel build' },
  { name: 'bison', for: 'kernels', why: 'lunadrill kernel build' },
  { name: 'bc', for: 'kernels', why: 'lunadrill kernel build' },
  { name: 'xz-utils', for: 'kernels', why: 'lunadrill kernel build' },
  { name: 'clang-format', for: 'lint', why: 'formats C++' },
]

/** Which of the named groups' packages are not installed. */
export function missingPackages(groups) {
  const wanted = packages.filter((entry) => groups.includes(entry.for))
  const asked = spawnSync(
    'dpkg-query',
    ['-W', '-f', '${Package} ${db:Status-Status}\\n', ...wanted.map((p) => p.name)],
    {
      encoding: 'utf8',
    },
  )
  if (asked.error) return undefined
  const installed = new Set()
  for (const line of asked.stdout.split('\n')) {
    const [name, status] = line.split(' ')
    if (status === 'installed') installed.add(name)
  }
  return wanted.filter((entry) => !installed.has(entry.name))
}

/** The one line that installs these packages. */
export const installLine = (missing) =>
  `sudo apt-get install -y --no-install-recommends ${missing.map((entry) => entry.name).join(' ')}`

/** Installs packages as root. Throws BootstrapFailure. */
export async function installPackages(missing) {
  const names = missing.map((entry) => entry.name)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const install = (append) =>
    runLogged(
      'apt',
      `installing ${names.length} Debian package${names.length === 1 ? '' : 's'} (${names.join(' ')})`,
      'apt-get',
      ['install', '-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', ...names],
      { env, append },
    )
  const update = async (append) => {
    // Without Error-Mode=any an unreachable mirror is only a warning to apt-get update.
    const args = ['update', '-q', '-o', 'APT::Update::Error-Mode=any', '-o', 'DPkg::Lock::Timeout=120']
    const ran = await runLogged('apt', 'reading the lists of Debian packages', 'apt-get', args, { env, append })
    if (ran.status !== 0) throw failure('apt-get update failed', ran.log)
  }
  let updated = false
  if (!haveCandidates(names)) {
    await update(false)
    updated = true
  }
  let ran = await install(updated)
  if (ran.status !== 0 && !updated) {
    // Lists that are older than the mirror name files that are gone.
    await update(true)
    ran = await install(true)
  }
  if (ran.status !== 0) throw failure('apt-get install failed', ran.log)
  const left = missingPackages([...new Set(missing.map((entry) => entry.for))])
  const still = missing.filter((entry) => left?.includes(entry))
  if (still.length) throw failure(`still not installed: ${still.map((entry) => entry.name).join(' ')}`, ran.log)
  say(`installed in ${ran.seconds} s`)
}

function haveCandidates(names) {
  const policy = spawnSync('apt-cache', ['policy', ...names], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  })
  const found = policy.stdout?.match(/Candidate: (?!\(none\))/g) ?? []
  return found.length === names.length
}

function failure(what, log) {
  const unreachable =
    /Could not resolve|Temporary failure|Could not connect|Network is unreachable|Unable to connect/.test(log)
  const busy = /Could not get lock|is held by process/.test(log)
  const absent = /Unable to locate package|has no installation candidate/.test(log)
  let remedy = `look into ${logOf('apt')}, mend it, and run the same command again`
  if (unreachable)
    remedy = 'the Debian mirror cannot be reached: check the network (and proxy), then run the same command again'
  else if (busy) remedy = 'another package manager is running: wait for it to end, then run the same command again'
  else if (absent) remedy = `this is ${release()}, lunadrill is made for Debian 12 (bookworm) with its section "main"`
  return new BootstrapFailure(`${what}. Its last lines:\n${tail(log)}`, remedy)
}

function release() {
  if (!existsSync('/etc/os-release')) return 'an unknown system'
  return readFileSync('/etc/os-release', 'utf8').match(/^PRETTY_NAME="?([^"\n]*)/m)?.[1] ?? 'an unknown system'
}
