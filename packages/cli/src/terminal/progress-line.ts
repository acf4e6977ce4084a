// How far a long piece of work is: on a terminal one line that changes, elsewhere a line now and then. Supervisor.

export interface ProgressLine {
  /** A new part begins. */
  begin(title: string): void
  /** `done` of about so many; `what` is done now. */
  show(done: number, about: number, what: string): void
  /** Clears the line that changes; may be called twice. */
  end(): void
}

type Stream = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number }

const EVERY = 100

export function progressLine(stream: Stream): ProgressLine {
  const clear = stream.isTTY === true ? '\r\x1b[K' : ''
  return {
    begin(title) {
      stream.write(`${clear}${title}\n`)
    },
    show(done, about, what) {
      const share = Math.min(99, Math.floor((100 * done) / about))
      if (clear !== '') stream.write(`${clear}${`  ${share} %  ${what}`.slice(0, (stream.columns ?? 80) - 1)}`)
      else if (done % EVERY === 0) stream.write(`  ${share} %  ${what}\n`)
    },
    end() {
      stream.write(clear)
    },
  }
}
