// CPU time of a guest: its kernel is a process, and each of its processes is a child of that one. Supervisor.
// Read first: proc(5), /proc/PID/stat.
import { childrenOf, procText } from '../proc.js'

/** Of the kernel's own clock for processes: USER_HZ. */
const TICKS_PER_SECOND = 100

/** User and system time of a process, of its children, and of those that have ended; seconds. 0 where it has gone. */
export function treeCpuS(pid: number): number {
  const own = ticksOf(pid, true)
  return childrenOf(pid).reduce((sum, child) => sum + ticksOf(child, false), own) / TICKS_PER_SECOND
}

function ticksOf(pid: number, withEnded: boolean): number {
  // The name, in brackets, may hold anything.
  const fields = procText(pid, 'stat')
    .replace(/^.*\) /s, '')
    .split(' ')
  const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number)
  return (user ?? 0) + (system ?? 0) + (withEnded ? (endedUser ?? 0) + (endedSystem ?? 0) : 0)
}
