// A machine of its own for each test file, as far as tests meet one another there: network (ports such as 8899, devices,
// sysctls), names of namespaces, shared memory. Files then run side by side. Where root may not make one (a chroot), and
// for other users, there is none: vitest's own pool, one file after another.
import { fork, spawnSync } from 'node:child_process'
import { ForksPoolWorker } from 'vitest/node'

/** Enters it and becomes the command that follows. */
const enter = [
  'set -e',
  'ip link set lo up',
  // What /sys/class/net shows belongs to the network that it was mounted in.
  'mount -t sysfs none /sys',
  'mount -t tmpfs -o mode=1777 none /dev/shm',
  'mkdir -p /run/netns',
  'mount -t tmpfs -o mode=755 none /run/netns',
  'exec "$@"',
].join('\n')
const words = ['--net', '--mount', '--', '/bin/sh', '-c', enter, 'sh']

/** Whether such machines can be made here. */
export const possible = process.getuid() === 0 && spawnSync('unshare', [...words, 'true']).status === 0

class PrivateMachine extends ForksPoolWorker {
  name = 'private-machine'

  async start() {
    const machine = fork(this.entrypoint, [], {
      env: this.env,
      execPath: 'unshare',
      execArgv: [...words, process.execPath, ...this.execArgv],
      stdio: 'pipe',
      serialization: 'advanced',
    })
    // The class starts a process where it has none.
    Object.assign(this, { _fork: machine })
    await super.start()
  }
}

/** For vitest's option `pool`. */
export const privateMachines = {
  name: 'private-machine',
  createPoolWorker: (options) => new PrivateMachine(options),
}
