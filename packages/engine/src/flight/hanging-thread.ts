// Looks at the host's thread while it hangs in a stack, and has it leave its backtrace. The run process's main thread.
import { readFileSync } from 'node:fs'
import { loadNative } from '@lunadrill/dpdk-native'

/** `runs`: an endless loop; `waits`: for what never comes, such as a lock that it holds itself. */
export type HangKind = 'runs' | 'waits'

/** Null where the thread cannot be seen. */
export function watchHangingThread(): HangKind | null {
  const native = loadNative()
  const thread = native.hostThread()
  if (thread === 0) return null
  const kind = kindOf(thread)
  native.watchHost()
  return kind
}

function kindOf(thread: number): HangKind | null {
  try {
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('R') ? 'runs' : 'waits'
  } catch {
    return null
  }
}
