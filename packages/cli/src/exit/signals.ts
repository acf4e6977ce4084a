// Ctrl-C and its kin: what was started is ended before the command goes, and nothing more is reported.
// Supervisor, main thread.

/** Conventional exit statuses, 128 and the signal's number. */
const statuses = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

type Signal = keyof typeof statuses

/**
 * Does `work`, then `cleanUp`, and resolves to work's exit status. A signal sets `work`'s own (an AbortSignal), cleans up
 * at once and gives the status that belongs to it, whatever becomes of `work`; a second one ends the process on the spot.
 */
export function untilSignal(
  work: (interrupted: AbortSignal) => Promise<number>,
  cleanUp: () => Promise<void>,
): Promise<number> {
  const names = Object.keys(statuses) as Signal[]
  const interruption = new AbortController()
  const interrupted = new Promise<number>((resolve) => {
    const onSignal = (signal: Signal) => {
      if (interruption.signal.aborted) process.exit(statuses[signal])
      interruption.abort()
      const done = () => resolve(statuses[signal])
      cleanUp().then(done, done)
    }
    for (const name of names) process.on(name, onSignal)
  })
  const worked = async () => {
    try {
      const status = await work(interruption.signal)
      return interruption.signal.aborted ? interrupted : status
    } catch (error) {
      if (interruption.signal.aborted) return interrupted
      throw error
    } finally {
      if (!interruption.signal.aborted) await cleanUp()
    }
  }
  return Promise.race([worked(), interrupted])
}
