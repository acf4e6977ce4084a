// The engine's errors: one class per cause, each with a stable code. Codes survive thread borders, instanceof does not.
// docs/errors.md lists them.

/** Anything that keeps a run from being carried out: the environment's fault, not the stack's. Exit status 2. */
export class EngineError extends Error {
  constructor(
    /** Stable, LD_… */
    readonly code: string,
    message: string,
    /** What to do next; a sentence. */
    readonly remedy: string | null = null,
    /** What upstream prints instead; `message` where not given. */
    readonly upstream: string | undefined = undefined,
  ) {
    super(message)
    this.name = 'EngineError'
  }
}

/** A packet that cannot be read. `message` is upstream's reason, such as `Truncated TCP header`. */
export class WireError extends Error {
  readonly code = 'LD_WIRE'
  constructor(message: string) {
    super(message)
    this.name = 'WireError'
  }
}
