// One run on the interpreter's thread: host, init command, events, cleanup, Python, verdict.
// Read first: language/4-running.md 1.2 (the order of steps) and 1 (what a fatal error still runs).
import { type CommandAction, lineOf, type Span } from '@lunadrill/parser'
import type { CallContext } from '../call/call.js'
import { Descriptors } from '../call/descriptors.js'
import { socketAddress } from '../call/socket-calls.js'
import { runSnippets } from '../embed/python.js'
import { runShell } from '../embed/shell.js'
import { FlowTable } from '../flow/flow-table.js'
import type { Host } from '../host/host.js'
import { RunPhase } from '../host/layout.js'
import type { ProgressWriter } from '../host/progress.js'
import { EventProblem, Interpreter } from '../interpret/interpreter.js'
import { type ScheduledEvent, ScheduleError, schedule } from '../schedule/schedule.js'
import type { Failure, TraceEntry } from '../trace/failure.js'
import { Problem, skip } from '../trace/problem.js'
import { wordsOf } from '../trace/refusal.js'
import { failureText, oneLine } from '../trace/wording.js'
import type { InterpreterReport, InterpreterTask } from './task.js'

const AF_INET = 2
/** How many events a failure shows from before it. */
const SHOWN_BEFORE = 5

/** Never throws: whatever goes wrong is a report. `open` makes the host, in the namespace that shells will run in. */
export function carryOut(task: InterpreterTask, open: () => Host, progress: ProgressWriter): InterpreterReport {
  return new Run(task, open, progress).report()
}

class Run {
  private host: Host | null = null
  private interpreter: Interpreter | null = null
  private events: readonly ScheduledEvent[] = []
  private initDone = false
  /** The cleanup command has failed: it is not run once more. */
  private cleanupFailed = false
  /** Upstream's lines before its own message. */
  private prologue = ''

  constructor(
    private readonly task: InterpreterTask,
    private readonly open: () => Host,
    private readonly progress: ProgressWriter,
  ) {}

  report(): InterpreterReport {
    this.progress.begin(this.task.runId)
    let failure: Failure | null = null
    let span: Span | null = null
    try {
      this.steps()
    } catch (error) {
      const event = placeOf(error)
      span = event?.span ?? null
      failure = this.failureOf(error, event)
      if (failure.verdict !== 'skip') failure = this.afterDeath(failure)
    } finally {
      this.progress.phase(RunPhase.teardown)
      this.host?.close()
      this.progress.phase(RunPhase.idle)
    }
    const { scriptPath, text } = this.task
    return {
      failure,
      message: failure === null ? null : failureText(scriptPath, text, failure, span),
      warnings: this.interpreter?.warnings.map((each) => this.warning(each)) ?? [],
      verbose: this.interpreter?.verbose ?? [],
    }
  }

  private steps(): void {
    const { task, progress } = this
    const { options, script } = task
    progress.phase(RunPhase.setup)
    this.checkSupported()
    this.events = schedule(script)
    for (const command of options.initScripts)
      this.shell(command, 'init script', `error executing init script '${command}'`)
    const host = this.open()
    this.host = host
    const interpreter = this.makeInterpreter(host)
    progress.phase(RunPhase.init)
    if (script.init !== null) this.shell(script.init.text, 'init command', 'error executing init command')
    this.initDone = true
    progress.phase(RunPhase.events)
    host.start()
    interpreter.run()
    progress.phase(RunPhase.cleanup)
    this.cleanup()
    progress.phase(RunPhase.code)
    this.python(interpreter)
    interpreter.finish()
  }

  private checkSupported(): void {
    const { ipVersion, codeFormat, codeSockopt, wireMode } = this.task.options
    if (wireMode) throw skip('a second machine (--wire_client, --wire_server)')
    if (ipVersion !== 'ipv4') throw skip(`--ip_version=${ipVersion}`)
    if (codeFormat !== 'python') throw plain(`unsupported --code_format '${codeFormat}'`)
    if (!['', 'TCP_INFO', 'TCP_CC_INFO', 'SO_MEMINFO'].includes(codeSockopt)) {
      throw plain(`unsupported --code_sockopt '${codeSockopt}'`)
    }
  }

  private makeInterpreter(host: Host): Interpreter {
    const { options, addresses } = this.task
    const { localIp, remoteIp } = addresses
    const { bindPort, connectPort } = options
    const spare = host.remotePort()
    let spareTaken = false
    const flows = new FlowTable({ localIp, remoteIp, bindPort, connectPort }, () => {
      if (spareTaken) return host.remotePort()
      spareTaken = true
      return spare
    })
    const context: CallContext = {
      descriptors: new Descriptors(),
      flows,
      domain: AF_INET,
      bindAddress: socketAddress(localIp, bindPort),
      connectAddress: socketAddress(remoteIp, connectPort),
    }
    const onEvent = (index: number) => this.progress.event(index, host.now())
    this.interpreter = new Interpreter(this.events, { host, context, options, shell: runShell, onEvent })
    return this.interpreter
  }

  private shell(command: string, what: string, upstream: string): void {
    const why = runShell(command)
    if (why === null) return
    throw new Problem('LD_COMMAND', `the ${what} failed: ${why}: ${command.trim()}`, `${upstream}: ${why}`, {
      hint: 'its output is above, if it said anything',
    })
  }

  private cleanup(): void {
    const { cleanup, init } = this.task.script
    // Upstream's rule: only after an init command (4-running.md 12, 2).
    if (cleanup === null || init === null || !this.initDone || this.cleanupFailed) return
    this.cleanupFailed = true
    this.shell(cleanup.text, 'cleanup command', 'error executing cleanup command')
    this.cleanupFailed = false
  }

  private python({ snippets }: Interpreter): void {
    if (snippets.length === 0) return
    const { scriptPath, options } = this.task
    const failed = runSnippets(scriptPath, options.codeCommand, snippets)
    if (failed === null) return
    const event = this.events.find(({ source, action }) => action.type === 'code' && source.line === failed.line)
    this.prologue = failed.report === '' ? '' : `${failed.report}\n`
    throw event === undefined ? failed.problem : new CodeProblem(event, failed.problem)
  }

  /** A fatal error still runs the cleanup command; if that fails too, its words follow. */
  private afterDeath(failure: Failure): Failure {
    try {
      this.cleanup()
      return failure
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      return { ...failure, upstream: `${failure.upstream}\n${this.task.scriptPath}: ${error.upstream}` }
    }
  }

  private failureOf(error: unknown, event: CommandAction | ScheduledEvent['source'] | null): Failure {
    const { scriptPath, text } = this.task
    const problem = problemOf(error)
    const place = event === null ? null : lineOf(text, event.span.start)
    const line = event !== null && 'line' in event ? event.line : (place?.line ?? null)
    // Upstream tells no line where Python failed: the block's own is in the lines before.
    const prefix = line === null || error instanceof CodeProblem ? scriptPath : `${scriptPath}:${line}`
    const upstream = problem.code === 'LD_OPTION' ? problem.upstream : `${this.prologue}${prefix}: ${problem.upstream}`
    return {
      verdict: problem.verdict,
      code: problem.code,
      line,
      column: place?.column ?? null,
      message: problem.message,
      hint: problem.detail.hint ?? null,
      upstream,
      packets: problem.detail.packets ?? null,
      differences: problem.detail.differences ?? [],
      time: problem.detail.time ?? null,
      before: this.before(event),
    }
  }

  private before(event: unknown): TraceEntry[] {
    const { doneUs } = this.interpreter ?? {}
    if (doneUs === undefined) return []
    const at = this.events.findIndex(({ source }) => source === event)
    const entries: TraceEntry[] = []
    for (let index = Math.max(0, at - SHOWN_BEFORE); index < at; index++) {
      const { source } = this.events[index] as ScheduledEvent
      entries.push({ line: source.line, atUs: doneUs[index] as number, text: oneLine(this.task.text, source.span) })
    }
    return entries
  }

  private warning({ event, problem }: EventProblem): string {
    const text = problem.upstream.replace(/^error handling packet/, 'warning handling packet')
    return `${this.task.scriptPath}:${event.source.line}: ${text}`
  }
}

/** A failed Python block. */
class CodeProblem extends EventProblem {}

/** Upstream gives these neither line nor path. */
const plain = (message: string) => new Problem('LD_OPTION', message, message, {}, 'error')

function placeOf(error: unknown): ScheduledEvent['source'] | null {
  if (error instanceof EventProblem) return error.event.source
  return error instanceof ScheduleError ? error.event : null
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof EventProblem || error instanceof ScheduleError) return error.problem
  // What the host refuses: the environment's fault, or ours.
  const { code, message, hint, upstream } = wordsOf(error)
  return new Problem(code, message, upstream, { hint }, 'error')
}
