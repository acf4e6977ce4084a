// A Problem with the event that it belongs to: what ends a run, or (returned) what `--non_fatal=packet` makes a warning.
import type { HostFailure } from '../host/host.js'
import type { ScheduledEvent } from '../schedule/schedule.js'
import { Problem, skipped } from '../trace/problem.js'

export class EventProblem extends Error {
  constructor(
    readonly event: ScheduledEvent,
    readonly problem: Problem,
  ) {
    super(problem.message)
  }
}

/** Runs `body`; what it throws becomes the event's. */
export function at(event: ScheduledEvent, body: () => void): void {
  try {
    body()
  } catch (error) {
    if (error instanceof EventProblem) throw error
    throw new EventProblem(event, error instanceof Problem ? error : refusedByHost(error))
  }
}

/**
 * A call that can never return is the stack's (or the script's) failure, one that the stack does not have a reason to skip;
 * anything else is the environment's.
 */
function refusedByHost(error: unknown): Problem {
  const { code, message, remedy = null, upstream = message } = error as HostFailure
  if (code === undefined) throw error
  if (code === 'LD_UNSUPPORTED') return skipped(message)
  return new Problem(code, message, upstream, { hint: remedy }, code === 'LD_CALL_SLEEPS' ? 'fail' : 'error')
}
