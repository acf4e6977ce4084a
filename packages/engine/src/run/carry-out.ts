// One run on the interpreter's thread: host, init command, events, cleanup, Python, verdict.
// Read first: language/4-running.md 1.2 (the order of steps) and 1 (what a fatal error still runs).
import { type CommandAction, lineOf, type Span } from '@lunadrill/parser'
import type { CallContext } from '../call/call.js'
import { Descriptors } from '../call/descriptors.js'
import { Errno } from '../call/errno.js'
import { AF_INET, AF_INET6, socketAddress } from '../call/socket-address.js'
import { commandProblem, runCommand } from '../embed/command.js'
import { showListing } from '../embed/listing.js'
import { runSnippets } from '../embed/python.js'
import { FlowTable } from '../flow/flow-table.js'
import type { Host } from '../host/host.js'
import { Lacking, nothingLacking } from '../host/lacking.js'
import { RunPhase } from '../host/layout.js'
import type { Progress } from '../host/progress.js'
import { RecordingHost } from '../host/recording-host.js'
import { EventProblem } from '../interpret/event-problem.js'
import { Interpreter } from '../interpret/interpreter.js'
import { refuseFaults, type ScheduledEvent, ScheduleError, schedule } from '../schedule/schedule.js'
import type { Failure, Lateness, TraceEntry } from '../trace/failure.js'
import { Problem } from '../trace/problem.js'
import { isPlaceless, wordsOf } from '../trace/refusal.js'
import { failureText, oneLine } from '../trace/wording.js'
import { socketIp, wireFamily } from './addresses.js'
import type { InterpreterReport, InterpreterTask } from './task.js'
import { noSchedule, type ThreadSchedule } from './thread-schedule.js'

/** How many events a failure shows from before it. */
const SHOWN_BEFORE = 5

/** Never throws: whatever goes wrong is a report. `open` makes the host, in the namespace that shells will run in. */
export function carryOut(
  task: InterpreterTask,
  open: () => Host,
  progress: Progress,
  thread: ThreadSchedule = noSchedule,
): InterpreterReport {
  return new Run(task, open, progress, thread).report()
}

class Run {
  private host: Host | null = null
  /** The same where a trace is wanted. */
  private recording: RecordingHost | null = null
  private interpreter: Interpreter | null = null
  private events: readonly ScheduledEvent[] = []
  private initDone = false
  /** The cleanup command has failed: it is not run once more. */
  private cleanupFailed = false
  private readonly lacking: Lacking
  /** Upstream's lines before its own message. */
  private prologue = ''

  constructor(
    private readonly task: InterpreterTask,
    private readonly open: () => Host,
    private readonly progress: Progress,
    private readonly thread: ThreadSchedule,
  ) {
    this.lacking = task.host.kind === 'userspace' ? new Lacking(task.host.capabilities) : nothingLacking
  }

  report(): InterpreterReport {
    const untimed = () => this.thread.untimed(this.task.neighbours)
    untimed()
    this.progress.begin(this.task.runId)
    let failure: Failure | null = null
    let span: Span | null = null
    try {
      this.steps()
    } catch (error) {
      untimed()
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
      trace: this.recording?.lines() ?? [],
      worstLateUs: this.interpreter?.worstLatenessUs() ?? 0,
      pacemakerUs: this.thread.pacemakerUs(),
    }
  }

  private steps(): void {
    const { task, progress } = this
    const { options, script } = task
    progress.phase(RunPhase.setup)
    this.checkSupported()
    const { lacking } = this
    const needs = options.ipVersion === 'ipv4-mapped-ipv6' ? lacking.problem('DUAL_STACK') : null
    if (needs !== null) throw needs
    this.events = schedule(script, { family: wireFamily(options), lacking })
    if (task.host.kind !== 'userspace') refuseFaults(script)
    for (const command of options.initScripts) this.initScript(command)
    const opened = this.open()
    this.recording = task.trace === false ? null : new RecordingHost(opened, task.trace)
    const host = this.recording ?? opened
    this.host = host
    const interpreter = this.makeInterpreter(host)
    progress.phase(RunPhase.init)
    if (script.init !== null) this.untimed(script.init, 'init command')
    this.initDone = true
    progress.phase(RunPhase.events)
    this.thread.timed()
    host.start()
    interpreter.run()
    this.thread.untimed(task.neighbours)
    progress.phase(RunPhase.cleanup)
    this.cleanup()
    progress.phase(RunPhase.code)
    this.python(interpreter)
    interpreter.finish()
  }

  private checkSupported(): void {
    const { codeFormat, codeSockopt, wireMode } = this.task.options
    if (wireMode === 'server') throw plain('a script cannot make its run a wire server')
    if (codeFormat !== 'python') throw plain(`unsupported --code_format '${codeFormat}'`)
    if (!['', 'TCP_INFO', 'TCP_CC_INFO', 'SO_MEMINFO'].includes(codeSockopt)) {
      throw plain(`unsupported --code_sockopt '${codeSockopt}'`)
    }
  }

  private makeInterpreter(host: Host): Interpreter {
    const { options, addresses } = this.task
    const { localIp, remoteIp } = addresses
    const { bindPort, connectPort, isAnyip: anyip } = options
    const spare = host.remotePort()
    let spareTaken = false
    const flows = new FlowTable({ localIp, remoteIp, bindPort, connectPort, anyip }, () => {
      if (spareTaken) return host.remotePort()
      spareTaken = true
      return spare
    })
    const context: CallContext = {
      descriptors: new Descriptors(),
      flows,
      domain: options.ipVersion === 'ipv4' ? AF_INET : AF_INET6,
      bindAddress: socketAddress(socketIp(localIp, options), bindPort),
      connectAddress: socketAddress(socketIp(remoteIp, options), connectPort),
      toleranceUsecs: options.toleranceUsecs,
      errno: new Errno(),
      userspace: this.task.host.kind === 'userspace',
    }
    const onEvent = (index: number, us: number) => {
      this.progress.event(index, us)
      this.recording?.note(us, () => this.eventText(index))
    }
    const shell = (text: string) => this.thread.command((launcher) => this.shell(text, launcher))
    const { stallUs } = this.thread
    this.interpreter = new Interpreter(this.events, { host, context, options, shell, stallUs, onEvent })
    return this.interpreter
  }

  private eventText(index: number): string {
    const { source } = this.events[index] as ScheduledEvent
    return `line  ${source.line}: ${oneLine(this.task.text, source.span)}`
  }

  private readonly shell = (text: string, launcher: readonly string[] = []) =>
    runCommand(text, this.task.options.commandTimeoutS, [], launcher)

  private initScript(command: string): void {
    const failure = this.shell(command)
    if (failure === null) return
    throw commandProblem(`the init script '${command}'`, failure, `error executing init script '${command}'`)
  }

  private untimed(command: CommandAction, what: string): void {
    const failure = this.shell(command.text)
    if (failure === null) return
    throw new CommandProblem(command, commandProblem(`the ${what}`, failure, `error executing ${what}`))
  }

  private cleanup(): void {
    const { cleanup, init } = this.task.script
    // Upstream's rule: only after an init command (4-running.md 12, 2).
    if (cleanup === null || init === null || !this.initDone || this.cleanupFailed) return
    this.cleanupFailed = true
    this.untimed(cleanup, 'cleanup command')
    this.cleanupFailed = false
  }

  private python({ snippets, verbose }: Interpreter): void {
    if (snippets.length === 0) return
    const { scriptPath, options } = this.task
    if (options.verbose) {
      showListing(scriptPath, snippets)
      verbose.push(`running: '${options.codeCommand} /dev/fd/3'`)
    }
    const failed = runSnippets(scriptPath, options.codeCommand, snippets, options.commandTimeoutS)
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
      return { ...failure, upstream: `${failure.upstream}\n${this.task.scriptPath}: ${problemOf(error).upstream}` }
    }
  }

  private failureOf(error: unknown, source: Placed | null): Failure {
    const { scriptPath, text } = this.task
    const problem = problemOf(error)
    const lateness = this.latenessOf(error, problem)
    const place = source === null ? null : lineOf(text, source.span.start)
    const line = source?.line ?? place?.line ?? null
    // Upstream tells no line where Python failed (it is in the lines before), nor for commands without a time.
    const placeless = line === null || error instanceof CodeProblem || error instanceof CommandProblem
    const prefix = placeless ? scriptPath : `${scriptPath}:${line}`
    const bare = isPlaceless(problem.code) || problem.detail.bare === true
    const upstream = bare ? problem.upstream : `${this.prologue}${prefix}: ${problem.upstream}`
    return {
      verdict: lateness.length > 0 ? 'undecided' : problem.verdict,
      code: problem.code,
      line,
      column: place?.column ?? null,
      message: problem.message,
      hint: problem.detail.hint ?? null,
      upstream,
      packets: problem.detail.packets ?? null,
      differences: problem.detail.differences ?? [],
      time: problem.detail.time ?? null,
      lateness,
      before: this.before(error instanceof CodeProblem ? error.event : null),
    }
  }

  /** A stack that was met too late is not judged; a script that is wrong in itself is. */
  private latenessOf(error: unknown, { verdict, code, detail }: Problem): Lateness[] {
    const judged = verdict === 'fail' && code !== 'LD_TIME' && error instanceof EventProblem
    if (!judged) return []
    const found = this.interpreter?.lateness(error.event) ?? []
    return found.length === 0 && this.task.neighbours ? withinTick(error.event.source.line, detail.time) : found
  }

  /** The last events that were done with; before `end`, where what failed is a snapshot of its time. */
  private before(end: ScheduledEvent | null): TraceEntry[] {
    const { interpreter } = this
    if (interpreter === null) return []
    const notDone = (_event: ScheduledEvent, index: number) => Number.isNaN(interpreter.doneUs(index))
    const last = end === null ? this.events.findIndex(notDone) : this.events.indexOf(end)
    const at = last < 0 ? this.events.length : last
    const from = Math.max(0, at - SHOWN_BEFORE)
    return this.events.slice(from, at).map(({ source }, i) => ({
      line: source.line,
      atUs: interpreter.doneUs(from + i),
      text: oneLine(this.task.text, source.span),
    }))
  }

  private warning({ event, problem }: EventProblem): string {
    const text = problem.upstream.replace(/^error handling packet/, 'warning handling packet')
    return `${this.task.scriptPath}:${event.source.line}: ${text}`
  }
}

/** At HZ 250, microseconds. */
const TICK_US = 4000

/**
 * Beside other runs no processor is the stack's, and a timer of the kernel's that is set on one that does not count the
 * ticks may come one later (docs/timing.md): no more than that beyond the tolerance is for a run alone to judge.
 */
function withinTick(line: number, time: Problem['detail']['time']): Lateness[] {
  if (!time) return []
  const lastUs = (time.endUs ?? time.expectedUs) + time.toleranceUs
  if (time.actualUs <= lastUs || time.actualUs > lastUs + TICK_US) return []
  const reason = 'a tick of a crowded machine'
  return [{ line, dueUs: lastUs, actedUs: time.actualUs, limitUs: 0, reason }]
}

/** A failed Python block. */
class CodeProblem extends EventProblem {}

/** A failed command without a time. */
class CommandProblem extends Error {
  constructor(
    readonly command: CommandAction,
    readonly problem: Problem,
  ) {
    super(problem.message)
  }
}

/** A piece of the script that a failure belongs to. */
interface Placed {
  readonly span: Span
  /** Where it is not the line of the span's start. */
  readonly line?: number
}

/** Upstream gives these neither line nor path. */
const plain = (message: string) => new Problem('LD_OPTION', message, message, {}, 'error')

function placeOf(error: unknown): Placed | null {
  if (error instanceof EventProblem) return error.event.source
  if (error instanceof CommandProblem) return error.command
  return error instanceof ScheduleError ? error.event : null
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof EventProblem || error instanceof ScheduleError || error instanceof CommandProblem) {
    return error.problem
  }
  // What the host refuses: the environment's fault, or ours.
  const { code, message, hint, upstream } = wordsOf(error)
  return new Problem(code, message, upstream, { hint }, 'error')
}
