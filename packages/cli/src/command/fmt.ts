// `lunadrill fmt`: scripts in the usual form. Supervisor, main thread. Read first: parser/src/format/format-script.ts.
import { readFileSync } from 'node:fs'
import { configureRun, PreparationError, readScript } from '@lunadrill/engine'
import { explainAll, FormatError, formatScript } from '@lunadrill/parser'
import { type FmtArgs, parseFmt } from '../args/fmt-args.js'
import { commandUsage } from '../args/usage.js'
import { exitStatus } from '../exit/status.js'
import type { Screen } from '../terminal/screen.js'
import { replaceFile } from './replace-file.js'

/** Resolves to the exit status. Rejects with UsageError. */
export async function fmtCommand(args: readonly string[], screen: Screen): Promise<number> {
  const given = parseFmt(args)
  if (given === 'help') {
    screen.out(commandUsage('fmt'))
    return exitStatus.pass
  }
  let status: number = exitStatus.pass
  for (const file of given.files) {
    try {
      if (formatFile(file, given, screen)) status = Math.max(status, exitStatus.failed)
    } catch (error) {
      screen.err(refusal(file, error))
      status = exitStatus.error
    }
  }
  return status
}

/** What is wrong with a script, each finding with its place; the file is left alone. */
class Unreadable extends Error {}

/** True where `--check` has found that the file would change. */
function formatFile(file: string, { mode, options }: FmtArgs, screen: Screen): boolean {
  const standardInput = file === '-'
  const name = standardInput ? 'standard input' : file
  const { text, encoding } = standardInput ? decoded(readFileSync(0)) : readFile(file)
  const formatted = formatScript(text, configureRun(options))
  if (formatted.text === null) {
    throw new Unreadable(explainAll(text, name, formatted.diagnostics, formatted.more))
  }
  const changed = formatted.text !== text
  if (mode === 'check') {
    if (changed) screen.out(name)
    return changed
  }
  // The screen adds the last newline.
  if (mode === 'stdout' || standardInput) screen.out(formatted.text.replace(/\n$/, ''))
  else if (changed) {
    replaceFile(file, Buffer.from(formatted.text, encoding))
    screen.out(`formatted ${file}`)
  }
  return false
}

interface Decoded {
  readonly text: string
  readonly encoding: 'utf8' | 'latin1'
}

/** Throws PreparationError. */
function readFile(path: string): Decoded {
  const text = readScript(path)
  return text.includes('\uFFFD') ? decoded(readFileSync(path)) : { text, encoding: 'utf8' }
}

/** What is not UTF-8 stands in comments, strings and code: octet by octet it stays what it is. */
function decoded(octets: Buffer): Decoded {
  const text = octets.toString('utf8')
  return text.includes('\uFFFD') ? { text: octets.toString('latin1'), encoding: 'latin1' } : { text, encoding: 'utf8' }
}

function refusal(file: string, error: unknown): string {
  if (error instanceof Unreadable || error instanceof PreparationError) return error.message
  if (error instanceof FormatError) {
    return `${file}: ${error.code}: ${error.message}. This is a defect of lunadrill: please report it with the script`
  }
  const { code, message } = error as NodeJS.ErrnoException
  if (code === undefined) throw error
  return `${file}: cannot be replaced: ${message}`
}
