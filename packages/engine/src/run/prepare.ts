// A script file on its way to a run: read, parsed, its options and the command line's put together. The supervisor does
// this before any process is started, so that a typing error costs nothing.
import { closeSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  type Configure,
  type Diagnostic,
  explainAll,
  foreignNeed,
  lineOf,
  OptionProblem,
  optionNeed,
  type ParseResult,
  parseScript,
  type Script,
  type Span,
  upstreamText,
} from '@lunadrill/parser'
import { errnoText, symbolValue } from '@lunadrill/tcpinfo'
import type { Failure } from '../trace/failure.js'
import { skip } from '../trace/problem.js'
import { refusal } from '../trace/refusal.js'
import { failureText } from '../trace/wording.js'
import type { Family } from '../wire/address.js'
import { addressesOf, wireFamily } from './addresses.js'
import { applyOption, freshOptions, OptionError } from './options.js'
import { openScript, readScriptFile, ScriptFileError } from './script-file.js'
import type { RunOptions, RunRequest } from './types.js'

export interface PreparedScript {
  readonly text: string
  readonly script: Script
  readonly options: RunOptions
}

/** Why there is nothing to run: our text and upstream's, and the failure as data. */
export class PreparationError extends Error {
  constructor(
    readonly failure: Failure,
    message: string,
  ) {
    super(message)
  }
}

type Refused = Extract<ParseResult, { script: null }>

type Given = RunRequest['options']

const FAMILY = 'ip_version'
const EAL_IN_SCRIPT = "option 'eal' is no script's: DPDK is initialised before the script is known"

/**
 * `cwd`: where a relative path starts. `familyUnsaid`: where neither the script nor the command line has `--ip_version`.
 * Throws PreparationError.
 */
export function prepareScript(
  path: string,
  given: Given,
  cwd = '',
  familyUnsaid: () => Family = () => 'ipv4',
): PreparedScript {
  const text = readScript(path, cwd)
  let options = freshOptions()
  const configure = configureRun(
    given,
    (filled) => {
      options = filled
    },
    familyUnsaid,
  )
  const parsed = parseScript(text, configure)
  if (parsed.script === null) throw badScript(path, text, parsed)
  refuseForeign(path, text, parsed.script)
  return { text, script: parsed.script, options }
}

/**
 * What a script's option block and the command line's options, over them, mean for reading the script. `take` is given all
 * of them filled in, before the first event is read. What cannot be becomes a diagnostic in the script, and on the command
 * line a PreparationError.
 */
export function configureRun(
  given: Given,
  take: (options: RunOptions) => void = () => {},
  familyUnsaid: () => Family = () => 'ipv4',
): Configure {
  return (scriptOptions) => {
    const options = freshOptions()
    take(options)
    for (const option of scriptOptions) {
      // Refused when the whole script has been read: see refuseForeign.
      if (optionNeed(option.name) !== null) continue
      if (option.name === 'eal') throw new OptionProblem(option, EAL_IN_SCRIPT, 'Give it on the command line.')
      try {
        applyOption(options, option.name, option.value)
      } catch (error) {
        throw error instanceof OptionError ? new OptionProblem(option, error.message, error.hint) : error
      }
    }
    applyGiven(options, given)
    const said = scriptOptions.some(({ name }) => name === FAMILY) || given.some(([name]) => name === FAMILY)
    if (!said) options.ipVersion = familyUnsaid()
    checkTogether(options)
    return {
      wireFamily: wireFamily(options),
      defines: new Map(Object.entries(options.defines)),
      pspUdpPort: options.pspUdpPort,
    }
  }
}

/** The command line's options, over what the script has said. PreparationError: its place is the command line. */
export function applyGiven(options: RunOptions, given: Given): void {
  for (const [name, value] of given) {
    try {
      applyOption(options, name, value)
    } catch (error) {
      if (!(error instanceof OptionError)) throw error
      const text = `Command Line: ${error.message}`
      throw new PreparationError(scriptFailure('LD_OPTION', error.message, text), text)
    }
  }
}

/** What only shows when all options are known, also to `--dry_run`. Upstream names no place for it. */
function checkTogether(options: RunOptions): void {
  try {
    if (options.wireMode === 'client' && options.wireServerIp === null) {
      throw new OptionError('when using --wire_client, must specify --wire_server_at or --wire_server_ip')
    }
    if (options.pspUdpPort !== 0 && options.wireMode === null) {
      throw new OptionError('PSP requires wireserver mode (use --wire_client or --wire_server)')
    }
    addressesOf(options, true)
  } catch (error) {
    if (!(error instanceof OptionError)) throw error
    throw new PreparationError(scriptFailure('LD_OPTION', error.message, error.message), error.message)
  }
}

/** `cwd`: where a relative path starts. Throws PreparationError. */
export function readScript(path: string, cwd = ''): string {
  const file = resolve(cwd, path)
  // Upstream's three steps, each with its words.
  attempt(path, ': stat() of', () => statSync(file))
  const descriptor = attempt(path, ' opening', () => openScript(file))
  try {
    return attempt(path, ' reading', () => readScriptFile(descriptor))
  } finally {
    closeSync(descriptor)
  }
}

/** Throws PreparationError for what the system refuses. */
function attempt<Result>(path: string, doing: string, step: () => Result): Result {
  try {
    return step()
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    const why = reason(code, message)
    const upstream = `parse error${doing} script file '${path}': ${why}`
    const missing = code === 'ENOENT' ? 'check the path; it is taken from the current folder' : null
    const hint = error instanceof ScriptFileError ? error.hint : missing
    const failure = scriptFailure('LD_SCRIPT_FILE', `cannot read the script: ${why}`, upstream, hint)
    throw new PreparationError(failure, failureText(path, '', failure, null))
  }
}

/** strerror's words; Node's where the number has no name that scripts know. */
function reason(code: string, message: string): string {
  const errno = symbolValue(code)
  return errno === undefined ? message : errnoText(errno)
}

/** Ours tells all that is wrong; the failure, and upstream's text, the first, at which upstream stops. */
function badScript(path: string, text: string, { diagnostics, more }: Refused): PreparationError {
  const first = diagnostics[0] as Diagnostic
  const upstream = upstreamText(path, first)
  const failure = scriptFailure(first.code, first.message, upstream, first.hint, first)
  const mistakes = diagnostics.map(({ code, line, column, message, hint }) => ({ code, line, column, message, hint }))
  return new PreparationError({ ...failure, mistakes }, explainAll(text, path, diagnostics, more))
}

/** A script of another dialect that needs what no stack here has is skipped, and nothing of it is run. */
function refuseForeign(path: string, text: string, script: Script): void {
  for (const { name, span } of script.options) {
    const needs = optionNeed(name)
    if (needs !== null) throw skipped(path, text, `${needs}: the option --${name}`, span)
  }
  const need = foreignNeed(script)
  if (need !== null) throw skipped(path, text, `${need.part.needs}: ${need.part.what}`, need.part.span, need.event.line)
}

/** `line`: the event's, where the part stands on another one. */
function skipped(path: string, text: string, needs: string, span: Span, line?: number): PreparationError {
  const { message, code, verdict } = skip(needs)
  const place = lineOf(text, span.start)
  const upstream = `${path}:${line ?? place.line}: ${message}`
  const failure = refusal({ verdict, code, message, hint: null, upstream }, place)
  return new PreparationError(failure, failureText(path, text, failure, span))
}

/** `place`: where a script is wrong; absent for the file or the command line. */
const scriptFailure = (
  code: string,
  message: string,
  upstream: string,
  hint: string | null = null,
  place?: Diagnostic,
) => refusal({ verdict: 'error', code, message, hint, upstream }, place && { line: place.line, column: place.column })
