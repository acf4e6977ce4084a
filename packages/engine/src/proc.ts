// What /proc says of another process. Read first: proc(5).
import { readFileSync } from 'node:fs'

/** A file of /proc/PID; '' where the process has gone, is another user's, or this kernel has no such file. */
export function procText(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return ''
  }
}

/** Those of a process with one thread; none on a kernel without CONFIG_PROC_CHILDREN. */
export const childrenOf = (pid: number): number[] =>
  procText(pid, `task/${pid}/children`).split(' ').filter(Boolean).map(Number)
