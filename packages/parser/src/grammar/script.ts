// A whole script: options, an init command, events, a cleanup command.
//   script = { option } [ command ] event { event } [ command ] .
// Today the first error ends it; parseScript returns a list because recovery at the next event's time can come later.
import type { CommandAction, Script, ScriptEvent } from '../ast/nodes.js'
import type { Diagnostic } from '../diagnostic/diagnostic.js'
import { EXPECT } from '../diagnostic/expectation.js'
import { Rejection } from '../diagnostic/rejection.js'
import { replacements } from '../scan/define.js'
import { T } from '../scan/token.js'
import { readCommand } from './command.js'
import { readEvent } from './event.js'
import { applyOptions, readOptions } from './option.js'
import { Reader } from './reader.js'
import { type Configure, DEFAULT_SETTINGS } from './settings.js'

export type ParseResult =
  | { readonly script: Script; readonly diagnostics: readonly [] }
  | { readonly script: null; readonly diagnostics: readonly Diagnostic[] }

/**
 * Reads a script. Never throws on bad input: the result then has no script and at least one diagnostic.
 * @param text the whole file, decoded
 * @param configure turns the option block into settings; without it IPv4, no defines, no PSP, and any option passes
 */
export function parseScript(text: string, configure: Configure = () => DEFAULT_SETTINGS): ParseResult {
  try {
    return { script: readScript(new Reader(text, DEFAULT_SETTINGS), configure), diagnostics: [] }
  } catch (problem) {
    if (problem instanceof Rejection) return { script: null, diagnostics: [problem.diagnostic] }
    throw problem
  }
}

function readScript(reader: Reader, configure: Configure): Script {
  const options = readOptions(reader)
  reader.settings = applyOptions(reader.source, options, configure)
  reader.defineFromHere(replacements(reader.settings.defines))

  let init: CommandAction | null = null
  if (reader.kind === T.backtick) init = readCommand(reader)

  const events: ScriptEvent[] = [readEvent(reader, init === null ? EXPECT.firstEvent : EXPECT.event)]
  let cleanup: CommandAction | null = null
  while (reader.kind !== T.end) {
    if (reader.kind === T.backtick) {
      cleanup = readCommand(reader)
      if (reader.kind !== T.end) reader.unexpected(EXPECT.end)
      break
    }
    events.push(readEvent(reader, EXPECT.eventOrEnd))
  }
  return { options, init, events, cleanup }
}
