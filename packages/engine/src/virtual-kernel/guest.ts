// The program that runs in the guest of a kernel in virtual time, in place of a run's process: takes orders, carries them
// out, reports. One thread, and no event loop: there is one processor, and whatever else ran would only take turns with it.
// Read first: post.ts; docs/virtual-kernel.md.
import { fsyncSync, openSync, writeSync } from 'node:fs'
import { enterLayer, leaveLayer } from '@lunadrill/kernel-native'
import { endStrays } from '../embed/strays.js'
import { KernelHost } from '../host/kernel-host.js'
import type { Progress } from '../host/progress.js'
import { addressesOf } from '../run/addresses.js'
import { carryOut } from '../run/carry-out.js'
import type { InterpreterReport } from '../run/task.js'
import { unbegun } from '../run/unbegun.js'
import { progressLine } from './kernel-log.js'
import { GUEST_POST, type GuestOrder, isThere, orderName, put, READY, reportName, take } from './post.js'
import { giveShellFunctions } from './shell-functions.js'

process.env.PACKETDRILL_PID = String(process.pid)
// Of this program alone (boot.ts).
delete process.env.LD_PRELOAD

const kernelLog = openSync('/dev/kmsg', 'w')

/** Told in the kernel's own log: what the kernel says of itself stands between the lines of the script that it belongs to. */
const progress: Progress = {
  begin: (runId) => writeSync(kernelLog, progressLine('begin', runId)),
  phase: (phase) => writeSync(kernelLog, progressLine('phase', phase)),
  event: (index) => writeSync(kernelLog, progressLine('event', index)),
}

function run(order: GuestOrder): InterpreterReport {
  try {
    enterLayer()
    process.chdir(order.cwd)
    const addresses = addressesOf(order.options, true)
    const task = { ...order, addresses, neighbours: false, host: { kind: 'kernel', gate: null } } as const
    return carryOut(task, () => new KernelHost(addresses, order.options, { virtualTime: true }), progress)
  } catch (error) {
    return unbegun(order, error)
  } finally {
    // What a script leaves running is no guest of the next one.
    endStrays()
    leaveLayer()
    // To the host's files: what the script's commands wrote, before the report.
    for (const fd of [1, 2]) fsyncSync(fd)
  }
}

giveShellFunctions()
put(GUEST_POST, READY, null)
for (let n = 1; ; n++) {
  // No time passes while this looks, as little as while anything else computes: a sleep would let it run.
  while (!isThere(GUEST_POST, orderName(n))) {}
  put(GUEST_POST, reportName(n), run(take(GUEST_POST, orderName(n)) as GuestOrder))
}
