// `lunadrill check`: what is wrong with scripts, without running them. Supervisor, main thread.
// Read first: engine/src/check/check-script.ts.
import { readFileSync } from 'node:fs'
import { checkScript, PreparationError, readScript } from '@lunadrill/engine'
import { type CheckArgs, parseCheck } from '../args/check-args.js'
import { commandUsage } from '../args/usage.js'
import { exitStatus } from '../exit/status.js'
import { type FindingReporter, jsonFindings, prettyFindings } from '../report/findings.js'
import type { Screen } from '../terminal/screen.js'
import { listScripts } from './script-list.js'

/** Resolves to the exit status. Rejects with UsageError. */
export async function checkCommand(args: readonly string[], screen: Screen): Promise<number> {
  const given = parseCheck(args)
  if (given === 'help') {
    screen.out(commandUsage('check'))
    return exitStatus.pass
  }
  const reporter = given.format === 'json' ? jsonFindings(screen) : prettyFindings(screen)
  let status: number = exitStatus.pass
  const scripts = listScripts(given.scripts)
  for (const { path: script } of scripts) status = Math.max(status, checkFile(script, given, reporter, screen))
  reporter.end()
  return status
}

function checkFile(file: string, { options, strict }: CheckArgs, reporter: FindingReporter, screen: Screen): number {
  try {
    const text = file === '-' ? readFileSync(0, 'utf8') : readScript(file)
    const result = checkScript(text, options)
    reporter.script(file === '-' ? 'standard input' : file, text, result)
    return result.errors > 0 || (strict && result.warnings > 0) ? exitStatus.failed : exitStatus.pass
  } catch (error) {
    if (!(error instanceof PreparationError)) throw error
    screen.err(error.message)
    return exitStatus.error
  }
}
