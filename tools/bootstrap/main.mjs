// One command from a clean clone: node tools/bootstrap/main.mjs demo|test|setup|bench|conformance [--lint] [-- FLAGS].
// Installs what is missing, builds what is out of date, then does the job. Needs nothing but Node 20 and npm.
// --lint: install what `npm run lint` needs as well (.ci/run does).
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { installLine, installPackages, missingPackages } from './apt.mjs'
import { build, canCompile, hasPrebuild } from './build.mjs'
import { fetchLwipSource } from './lwip-source.mjs'
import { installNodeModules } from './node-modules.mjs'
import { BootstrapFailure, root, say } from './report.mjs'

/** What each job runs after the setup. */
const jobs = {
  demo: 'tools/demo/main.mjs',
  test: 'tools/ci/test.mjs',
  bench: 'tools/bench/main.mjs',
  conformance: 'tools/conformance/main.mjs',
  setup: undefined,
}

function checkMachine() {
  const [major] = process.versions.node.split('.')
  if (Number(major) < 20) {
    throw new BootstrapFailure(
      `this is Node ${process.versions.node}, lunadrill needs 20 or newer`,
      'install Node 20 (https://nodejs.org or https://github.com/nodesource/distributions), then run the same command again',
    )
  }
  if (process.platform !== 'linux') {
    throw new BootstrapFailure(
      `this is ${process.platform}, lunadrill tests TCP/IP stacks on Linux`,
      'run it on Debian 12, a virtual machine is enough',
    )
  }
}

/** Installs Debian packages, or says which line does. What only userspace stacks need may stay away. */
async function ensureDebianPackages(withLint) {
  const groups = ['scripts', 'kernels']
  const prebuilt = hasPrebuild('kernel-native') && hasPrebuild('dpdk-native')
  if (!prebuilt) groups.push('build')
  groups.push('dpdk')
  if (withLint) groups.push('lint')
  const missing = missingPackages(groups)
  if (missing === undefined) {
    if (prebuilt || canCompile()) {
      say(
        'this is no Debian (no dpkg-query): using what is installed; needed are the packages in tools/bootstrap/apt.mjs',
      )
      return
    }
    throw new BootstrapFailure(
      'this is no Debian (no dpkg-query) and there is no C++ compiler',
      'install g++, make, python3, DPDK 22.11, lwIP, net-tools, iproute2 and curl by your own means, then run the same command again',
    )
  }
  if (missing.length === 0) return
  if (process.getuid() === 0) {
    await installPackages(missing)
    return
  }
  const line = installLine(missing)
  const vital = missing.filter((entry) => entry.for === 'build' || entry.for === 'lint' || entry.name === 'python3')
  if (vital.length > 0) {
    throw new BootstrapFailure(
      `missing: ${vital.map((entry) => `${entry.name} (${entry.why})`).join(', ')}`,
      `run this line, then the same command again:\n\n    ${line}\n`,
    )
  }
  const dpdk = missing.filter((entry) => entry.for === 'dpdk')
  const tools = missing.filter((entry) => entry.for === 'scripts')
  if (dpdk.length > 0) say(`skipped: userspace stacks, for want of ${dpdk.map((entry) => entry.name).join(', ')}`)
  if (tools.length > 0) say(`scripts that call them will fail: ${tools.map((e) => `${e.name} (${e.why})`).join(', ')}`)
  if (missing.some((entry) => entry.for === 'kernels')) say('lunadrill kernel build will ask for what it needs')
  say(`going on with what is here. For the whole, run: ${line}`)
}

async function main() {
  const [job, ...words] = process.argv.slice(2)
  const rest = words.filter((word) => word === '--lint')
  const given = words.filter((word) => word !== '--lint' && word !== '--')
  if (job === undefined || !(job in jobs) || (given.length > 0 && job !== 'conformance')) {
    throw new BootstrapFailure(
      `unknown: ${process.argv.slice(2).join(' ') || '(no job)'}`,
      'use: node tools/bootstrap/main.mjs demo|test|setup|bench|conformance [--lint] [-- FLAGS]',
    )
  }
  checkMachine()
  await ensureDebianPackages(rest.includes('--lint'))
  await installNodeModules()
  await fetchLwipSource()
  await build()
  const script = jobs[job]
  if (script === undefined) {
    say('ready: npm run demo, npm test, ./packetdrill SCRIPT, ./lunadrill run SCRIPT')
    return 0
  }
  if (!existsSync(join(root, script))) {
    throw new BootstrapFailure(`${script} is not there`, 'check the clone out completely: git status, git checkout .')
  }
  const ran = spawnSync(process.execPath, [join(root, script), ...given], { cwd: root, stdio: 'inherit' })
  if (ran.signal) say(`${job} ended by ${ran.signal}`)
  return ran.status ?? 1
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof BootstrapFailure)) throw error
  say(`${error.message}\n  What to do: ${error.remedy}`)
  process.exitCode = error.status
}
