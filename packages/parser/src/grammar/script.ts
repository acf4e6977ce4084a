// A whole script: options, an init command, events, a cleanup command.
//   script = { option } [ command ] event { event } [ command ] .
// After an error the next statement is read, so that an author sees all mistakes at once.
import type { CommandAction, Script, ScriptEvent } from '../ast/nodes.js'
import type { Diagnostic } from '../diagnostic/diagnostic.js'
import { EXPECT, type Expectation } from '../diagnostic/expectation.js'
import { Findings } from '../diagnostic/findings.js'
import { Rejection } from '../diagnostic/rejection.js'
import { Conditions, HASH, startsConditional } from '../dialect/conditional.js'
import { replacements } from '../scan/define.js'
import { T } from '../scan/token.js'
import { readCommand } from './command.js'
import { readEvent } from './event.js'
import { readOptionBlock } from './option-block.js'
import { Reader } from './reader.js'
import { blameSwallower, recoverAtStatement } from './recovery.js'
import { type Configure, DEFAULT_SETTINGS } from './settings.js'

/**
 * The first diagnostic is the one that upstream would report, the others follow as they stand in the script, one for a
 * statement; `more` counts those beyond the twentieth.
 */
export type ParseResult =
  | { readonly script: Script; readonly diagnostics: readonly []; readonly more: 0 }
  | { readonly script: null; readonly diagnostics: readonly Diagnostic[]; readonly more: number }

/**
 * Reads a script. Never throws on bad input: the result then has no script and at least one diagnostic.
 * @param text the whole file, decoded
 * @param configure turns the option block into settings; without it IPv4, no defines, no PSP, and any option passes
 */
export function parseScript(text: string, configure: Configure = () => DEFAULT_SETTINGS): ParseResult {
  const reader = new Reader(text, DEFAULT_SETTINGS)
  const findings = new Findings(text)
  const block = readOptionBlock(reader, configure, findings)
  let script: Script | null = null
  if (block !== null) {
    reader.settings = block.settings
    reader.defineFromHere(replacements(block.settings.defines))
    const { conditions, ...statements } = readStatements(reader, findings)
    script = { options: block.options, ...statements, conditionals: conditions.lines }
  }
  if (script !== null && findings.count === 0) return { script, diagnostics: [], more: 0 }
  return { script: null, diagnostics: findings.diagnostics(), more: findings.more }
}

interface Statements {
  init: CommandAction | null
  readonly events: ScriptEvent[]
  cleanup: CommandAction | null
  readonly conditions: Conditions
  readonly excluded: ScriptEvent[]
}

function readStatements(reader: Reader, findings: Findings): Statements {
  const statements: Statements = { init: null, events: [], cleanup: null, conditions: new Conditions(), excluded: [] }
  let read: (reader: Reader, statements: Statements) => void = readFromStart
  for (;;) {
    try {
      read(reader, statements)
      return statements
    } catch (problem) {
      if (!(problem instanceof Rejection)) throw problem
      findings.add(blameSwallower(reader, problem.finding) ?? problem.finding)
      recoverAtStatement(reader)
      read = readOn
    }
  }
}

function readFromStart(reader: Reader, statements: Statements): void {
  reader.beginStatement()
  if (reader.kind === T.backtick) {
    statements.init = readCommand(reader)
    reader.beginStatement()
  }
  if (reader.kind === HASH && startsConditional(reader)) {
    readOn(reader, statements)
    return
  }
  const event = readEvent(reader, statements.init === null ? EXPECT.firstEvent : EXPECT.event)
  statements.events.push(event)
  readOn(reader, statements, expectedAfter(event))
}

function hasEvents({ events, excluded }: Statements): boolean {
  return events.length + excluded.length > 0
}

/** What else could have stood here: the parts of the packet before. */
function expectedAfter({ action }: ScriptEvent): Expectation {
  if (action.type !== 'packet') return EXPECT.eventOrEnd
  if (action.body.type === 'tcp') return action.body.options === null ? EXPECT.afterTcp : EXPECT.eventOrEnd
  return action.body.type === 'icmp' ? EXPECT.afterIcmp : EXPECT.eventOrEnd
}

/** The rest, after an event or an error. */
function readOn(reader: Reader, statements: Statements, first: Expectation = EXPECT.eventOrEnd): void {
  let expected = first
  while (reader.kind !== T.end) {
    reader.beginStatement()
    if (reader.kind === T.backtick) {
      const command = readCommand(reader)
      if (reader.kind === T.end) statements.cleanup = command
      // With the first event in error or what stood before it, this may have been meant as the init command.
      else if (hasEvents(statements)) reader.unexpected(EXPECT.end)
      else statements.init ??= command
    } else if (reader.kind === HASH && startsConditional(reader)) {
      statements.conditions.read(reader)
    } else {
      const event = readEvent(reader, expected)
      if (statements.conditions.hold) statements.events.push(event)
      else statements.excluded.push(event)
      expected = expectedAfter(event)
    }
  }
  statements.conditions.finish(reader)
}
