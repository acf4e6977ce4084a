// Plays a script against a playbook, and says what came of it in upstream's words.

import { parseScript, type Script } from '@lunadrill/parser'
import { Descriptors } from '../../src/call/descriptors.js'
import { Errno } from '../../src/call/errno.js'
import { socketAddress } from '../../src/call/socket-address.js'
import { FlowTable } from '../../src/flow/flow-table.js'
import { nothingLacking } from '../../src/host/lacking.js'
import { EventProblem } from '../../src/interpret/event-problem.js'
import { Interpreter } from '../../src/interpret/interpreter.js'
import { freshOptions } from '../../src/run/options.js'
import type { RunOptions } from '../../src/run/types.js'
import { schedule } from '../../src/schedule/schedule.js'
import type { Lateness } from '../../src/trace/failure.js'
import type { Problem } from '../../src/trace/problem.js'
import { ENDPOINTS, PlaybookHost, type Step } from './playbook.js'

/** Throws what is wrong with the script. */
export function scriptOf(text: string): Script {
  const { script, diagnostics } = parseScript(text)
  if (script === null) throw new Error(diagnostics.map(({ line, message }) => `${line}: ${message}`).join('\n'))
  return script
}

export interface Played {
  /** `LINE: ` and upstream's text; null where the script passed. */
  readonly failure: string | null
  readonly problem: Problem | null
  /** What of it the tester itself was late for. */
  readonly lateness: readonly Lateness[]
  readonly host: PlaybookHost
  readonly interpreter: Interpreter
  readonly flows: FlowTable
  /** `LINE: ` and upstream's text, each. */
  readonly warnings: readonly string[]
}

const text = ({ event, problem }: EventProblem) => `${event.source.line}: ${problem.upstream}`

/** `script` starts in line 1. Where it passes, the playbook must have been played to its end. */
export function play(script: string, steps: readonly Step[], options: Partial<RunOptions> = {}): Played {
  const host = new PlaybookHost(steps)
  const flows = new FlowTable({ ...ENDPOINTS, connectPort: 8080 }, () => host.remotePort())
  const interpreter = new Interpreter(schedule(scriptOf(script), { family: 'ipv4', lacking: nothingLacking }), {
    host,
    context: {
      descriptors: new Descriptors(),
      flows,
      domain: 2,
      bindAddress: socketAddress(ENDPOINTS.localIp, 8080),
      connectAddress: socketAddress(ENDPOINTS.remoteIp, 8080),
      userspace: false,
      toleranceUsecs: options.toleranceUsecs ?? freshOptions().toleranceUsecs,
      errno: new Errno(),
    },
    options: { ...freshOptions(), ...options },
    shell: host.shell,
    stallUs: null,
    onEvent: () => {},
  })
  let found: EventProblem | null = null
  try {
    interpreter.run()
    interpreter.finish()
    host.finished()
  } catch (error) {
    if (!(error instanceof EventProblem)) throw error
    found = error
  }
  return {
    failure: found === null ? null : text(found),
    problem: found?.problem ?? null,
    lateness: found === null ? [] : interpreter.lateness(found.event),
    host,
    interpreter,
    flows,
    warnings: interpreter.warnings.map(text),
  }
}
