// A command line that cannot be carried out. Whoever catches it prints the message, then the usage where it is wanted.

export class UsageError extends Error {
  constructor(
    /** Whole lines, without a final newline, ready to be printed. */
    message: string,
    /** Whether the usage text helps; not where the flags were right and the world was wrong. */
    readonly showUsage = true,
  ) {
    super(message)
    this.name = 'UsageError'
  }
}
