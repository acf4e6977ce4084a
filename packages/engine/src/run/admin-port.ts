// Where a userspace run's admin server listens, and whether runs side by side may have theirs at once. With a network
// namespace of its own, each run process has every port to itself: the one that was asked for. Where such namespaces are
// forbidden there is one port 8899 for all: scripts that take theirs from $LUNADRILL_ADMIN get a free one, and scripts
// whose commands may mean the literal one go on alone. Supervisor. Read first: userspace-runs.ts.
import type { Script } from '@lunadrill/parser'

/** The variable that tells a script's commands where their own run's server listens: `127.0.0.1:8899`. */
export const ADMIN_VARIABLE = 'LUNADRILL_ADMIN'

export interface AdminPort {
  /** 0: a free one. */
  readonly port: number
  /** Whether it is kept for the process's next run: not where another process may need it then. */
  readonly stays: boolean
}

export interface AdminPlan {
  /** Null: no server. */
  readonly admin: AdminPort | null
  /** Whether no other run may go on meanwhile. */
  readonly alone: boolean
}

/** `asked`: 0 for no server. `own`: the run's process has a network of its own. */
export function adminPlan(
  asked: number,
  jobs: number,
  own: boolean,
  script: Script,
  initScripts: readonly string[],
): AdminPlan {
  if (asked === 0) return { admin: null, alone: false }
  if (jobs === 1 || own) return { admin: { port: asked, stays: true }, alone: false }
  if (mayMeanLiteralPort(script, initScripts)) return { admin: { port: asked, stays: false }, alone: true }
  return { admin: { port: 0, stays: true }, alone: false }
}

/** Its commands call programs whose text is not known here: so any command may, unless the script uses the variable. */
function mayMeanLiteralPort({ init, events, cleanup }: Script, initScripts: readonly string[]): boolean {
  const commands = [...initScripts]
  for (const command of [init, cleanup]) if (command !== null) commands.push(command.text)
  for (const { action } of events) if (action.type === 'command' || action.type === 'code') commands.push(action.text)
  return commands.length > 0 && !commands.some((text) => text.includes(ADMIN_VARIABLE))
}
