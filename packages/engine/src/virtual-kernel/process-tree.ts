// CPU time of a guest: its kernel is a process, and each of its processes is a child of that one. Supervisor.
// Read first: proc(5), /proc/PID/stat.
import { childrenOf, procText } from '../proc.js'

/** Of the kernel's own clock for processes: USER_HZ. */
const TICKS_PER_SECOND = 100

/** User and system time so far, seconds; 0 where the guest has gone. */
export interface GuestCpu {
  readonly kernelS: number
  /** Of its processes, with those that have ended. */
  readonly programsS: number
}

export const sumS = ({ kernelS, programsS }: GuestCpu) => kernelS + programsS

/** `pid`: of the guest's kernel. */
export function guestCpu(pid: number): GuestCpu {
  const [kernel, ended] = ticksOf(pid)
  const programs = childrenOf(pid).reduce((sum, child) => sum + ticksOf(child)[0], ended)
  return { kernelS: kernel / TICKS_PER_SECOND, programsS: programs / TICKS_PER_SECOND }
}

/** Of the process itself, and of its children that have ended. */
function ticksOf(pid: number): [own: number, ended: number] {
  // The name, in brackets, may hold anything.
  const fields = procText(pid, 'stat')
    .replace(/^.*\) /s, '')
    .split(' ')
  const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number)
  return [(user ?? 0) + (system ?? 0), (endedUser ?? 0) + (endedSystem ?? 0)]
}
