// Entry of the interpreter's thread (a piscina worker): one task is one run, carried out without ever returning to the
// event loop. Its network namespace, its shells and its real-time priority are this thread's own.
import { mapShared } from '@lunadrill/kernel-native'
import { endStrays } from '../embed/strays.js'
import { DpdkHost } from '../host/dpdk-host.js'
import { KernelHost } from '../host/kernel-host.js'
import { Progress } from '../host/layout.js'
import { PROGRESS_FD, ProgressWriter } from '../host/progress.js'
import { openTapHost } from '../host/tap-host.js'
import { openRemoteHost } from '../remote/remote-host.js'
import { ADMIN_VARIABLE } from './admin-port.js'
import { carryOut } from './carry-out.js'
import { gated } from './gate.js'
import type { InterpreterReport, InterpreterTask } from './task.js'
import { type ThreadSchedule, threadSchedule } from './thread-schedule.js'

const progress = new ProgressWriter(mapShared(PROGRESS_FD, Progress.size))
let thread: ThreadSchedule | null = null

/** Null only makes sure that the thread is there. */
export default function run(task: InterpreterTask | null): InterpreterReport | null {
  if (task === null) return null
  try {
    return carryOutOn(task)
  } finally {
    // What a script leaves running is no guest of the next one.
    endStrays()
  }
}

function carryOutOn(task: InterpreterTask): InterpreterReport {
  const { host } = task
  // This thread's environment is what its commands get.
  delete process.env[ADMIN_VARIABLE]
  if (host.kind === 'userspace') {
    if (host.admin !== null) process.env[ADMIN_VARIABLE] = host.admin
    // The stack runs already, and is to end also where the script is not even begun.
    const dpdk = new DpdkHost(host)
    try {
      return carryOut(task, () => dpdk, progress)
    } finally {
      dpdk.close()
    }
  }
  thread ??= threadSchedule()
  if (host.kind === 'wire') {
    return carryOut(task, () => openRemoteHost(task.addresses, task.options, host.plan, task.scriptPath), progress)
  }
  const schedule = host.gate === null ? thread : gated(thread, host.gate)
  const { addresses, options } = task
  const overDpdk = options.port.kind === 'tap'
  const open = () => (overDpdk ? openTapHost(addresses, options) : new KernelHost(addresses, options))
  return carryOut(task, open, progress, schedule)
}
