// The two output streams and whether they show colours. Everything that a command prints goes through here.
// Supervisor, main thread.
import kleur from 'kleur'

export interface Screen {
  /** A line or several, for stdout and stderr; the last newline is added. */
  out(text: string): void
  err(text: string): void
  /** For text on stdout: kleur, doing nothing where no colours are wanted. */
  readonly colour: kleur.Kleur
}

/** What decides about colours. */
export interface Terminal {
  readonly isTTY: boolean
  readonly env: Readonly<Record<string, string | undefined>>
}

/** On a terminal that is not dumb; NO_COLOR turns colours off everywhere, FORCE_COLOR on or (with 0) off. */
export function coloured({ isTTY, env }: Terminal): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  return isTTY && env.TERM !== 'dumb'
}

export function processScreen(): Screen {
  // `lunadrill run … | head` is no error: who reads no more wants no more.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
  kleur.enabled = coloured({ isTTY: process.stdout.isTTY === true, env: process.env })
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    colour: kleur,
  }
}
