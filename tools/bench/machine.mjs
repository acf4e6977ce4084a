// Where the figures come from: the versions of what was measured, the processor, and what else it was doing.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** The first line that a program prints; null where it cannot be run or fails. */
function line(program, ...args) {
  const { status, stdout } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return status === 0 ? stdout.split('\n')[0].trim() : null
}

export function machine() {
  const governor = '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor'
  const processors = cpus()
  return {
    date: new Date().toISOString(),
    commit: line('git', 'rev-parse', '--short', 'HEAD'),
    node: process.versions.node,
    kernel: release(),
    dpdk: line('pkg-config', '--modversion', 'libdpdk') ?? line('dpkg-query', '-W', 'librte-eal23'),
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cpus: processors.length,
    governor: readIfThere(governor),
    memoryMib: Math.round(totalmem() / 2 ** 20),
    loadBefore: loadavg().map((load) => Number(load.toFixed(2))),
    user: process.getuid() === 0 ? 'root' : 'ordinary',
  }
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return null
  }
}
