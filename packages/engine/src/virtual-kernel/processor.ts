// A processor for each guest: its kernel and its programs take turns, one at a time, and to wake the other one on the same
// processor is cheaper (7 % of the corpus' time). Supervisor. Read first: taskset(1).
import { existsSync } from 'node:fs'
import { procText } from '../proc.js'

const TASKSET = '/usr/bin/taskset'
let turn = 0

/** What stands before a guest's command: one after the other gets the next processor that this process may use. */
export function onNextProcessor(): readonly string[] {
  const allowed = /^Cpus_allowed_list:\s*(\S+)$/m.exec(procText(process.pid, 'status'))?.[1]
  if (allowed === undefined || !existsSync(TASKSET)) return []
  const processors = listed(allowed)
  return [TASKSET, '--cpu-list', String(processors[turn++ % processors.length])]
}

/** `0-3,7` → 0, 1, 2, 3, 7. */
export function listed(ranges: string): readonly number[] {
  return ranges.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
}
