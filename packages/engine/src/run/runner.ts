// The supervisor's end of runs: prepares scripts, keeps warm run processes, holds the verdict should one of them die, and
// has runs repeated that the tester was late in. The CLI's (or library user's) process; loads no stack and no addon.
// Read first: docs/architecture.md, "Processes and threads"; task.ts.
import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { guardPath } from '@lunadrill/kernel-native/guard'
import { lineOf, type Script } from '@lunadrill/parser'
import { EngineError } from '../errors.js'
import { stackFault } from '../flight/stack-fault.js'
import { RunPhase } from '../host/layout.js'
import { ProgressPage } from '../host/progress.js'
import type { Failure } from '../trace/failure.js'
import { refusal } from '../trace/refusal.js'
import { failureText, oneLine } from '../trace/wording.js'
import { GuestProcess } from '../virtual-kernel/guest-process.js'
import { type AdminPlan, adminPlan } from './admin-port.js'
import { type Death, deathWords } from './death-words.js'
import { hostFamily } from './host-family.js'
import { machineStateOf } from './machine-state.js'
import { endMarked, MARK, newMark } from './marked-processes.js'
import { mayHaveOwnNetwork } from './network-namespace.js'
import { isMachines, isShared, misplaced } from './port-choice.js'
import { PreparationError, type PreparedScript, prepareScript } from './prepare.js'
import { rehearsal } from './rehearsal.js'
import { preloading, sanitizerRuntimes } from './sanitizer.js'
import { type InterpreterReport, type RunMessage, type RunnerMessage, type RunOrder, unrun } from './task.js'
import { Turns } from './turns.js'
import type { RunOptions, RunRequest, RunResult } from './types.js'
import { endCapture } from './whole-capture.js'

export interface RunnerOptions {
  /** `private`: a network namespace of its own for each run process, where the machine allows it. */
  readonly netns: 'private' | 'host'
  /** Where the stdout of a script's commands goes. */
  readonly commandOutput: 'stdout' | 'stderr'
  /** How many runs may go on side by side, each in a process of its own; absent: 1. */
  readonly jobs?: number
}

/** Carries out runs in processes that stay warm: one after the other, or `jobs` side by side. */
export interface Runner {
  /**
   * Waits for its turn: runs that touch what namespaces do not separate go on alone, and so does the repetition of a run
   * that was `undecided`. What goes wrong is a verdict; rejects after `close`, and with EngineError LD_KERNEL_BOOT where a kernel in
   * virtual time cannot be started at all.
   */
  run(request: RunRequest): Promise<RunResult>
  /** Ends the run process and all below it. May be called twice, and while a run is going on. */
  close(): Promise<void>
}

export function createRunner(options: RunnerOptions): Runner {
  return new Supervisor(options)
}

type Words = Pick<Failure, 'verdict' | 'code' | 'message' | 'hint'>

type Done = Extract<RunMessage, { kind: 'done' }>

/** So many runs are set up (devices, init commands) while `jobs` others are in their timed part. */
const AHEAD = 4

/** How often a run is repeated at most while it stays `undecided`. */
const REPEATS = 3

class Supervisor implements Runner {
  private readonly jobs: number
  private readonly turns: Turns
  /** Of those that have one, who may be in their timed part. */
  private readonly timed: Turns
  /** Which userspace runs may go on. */
  private readonly whole: Turns
  /** By slot: processes that stay warm. */
  private readonly processes = new Map<number, RunProcess>()
  /** By slot of `whole`: kernels in virtual time. */
  private readonly guests = new Map<number, GuestProcess>()
  private nextId = 1
  private closed = false
  private asked = 0
  private warm: Promise<void> | null = null
  private ownNetwork: Promise<boolean> | null = null

  constructor(private readonly options: RunnerOptions) {
    this.jobs = options.jobs ?? 1
    this.turns = new Turns(this.jobs > 1 ? this.jobs + AHEAD : 1)
    this.timed = new Turns(this.jobs)
    this.whole = new Turns(this.jobs)
  }

  async run(request: RunRequest): Promise<RunResult> {
    const started = performance.now()
    const cwd = resolve(request.cwd ?? '')
    const { stack, scriptPath } = request
    const neverBegun = (family: RunOptions['ipVersion'], report: InterpreterReport) =>
      resultOf(request, family, clockOf(request), report, (performance.now() - started) / 1000, 0)
    let prepared: PreparedScript
    try {
      prepared = prepareScript(scriptPath, request.options, cwd, stack.kind === 'kernel' ? hostFamily : undefined)
    } catch (error) {
      if (!(error instanceof PreparationError)) throw error
      return neverBegun('ipv4', unrun(error.failure, error.message))
    }
    const { script, options } = prepared
    const { ipVersion, dryRun, soFilename } = options
    if (soFilename !== null && stack.kind !== 'userspace' && !dryRun) {
      return neverBegun(ipVersion, refused(scriptPath, soInScript(soFilename)))
    }
    const tested = options.wireMode === null ? stack.kind : 'wire'
    const wrong = misplaced(options.port, options.eal, tested)
    if (wrong !== null) return neverBegun(ipVersion, refused(scriptPath, optionWords(...wrong)))
    if (dryRun) return neverBegun(ipVersion, unrun(null, null))
    if (stack.kind === 'uml' && options.wireMode !== null)
      return neverBegun(ipVersion, refused(scriptPath, wireInGuest))
    let preload: readonly string[] = []
    try {
      if (stack.kind === 'userspace') preload = sanitizerRuntimes(stack.soPath, request.asan === true)
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      const { code, message, remedy: hint } = error
      return neverBegun(ipVersion, refused(scriptPath, { verdict: 'error', code, message, hint }))
    }
    const { admin, alone: lone } = await this.adminPlan(request, prepared)
    const machines = lone || options.wireMode !== null || isShared(options.port)
    // A guest is a machine of its own.
    const touches = stack.kind !== 'uml' && machineStateOf(script, options.initScripts, cwd) !== null
    const alone = this.jobs > 1 && (machines || touches)
    const order = { ...prepared, ...orderOf(request), admin, cwd }
    const place = placeOf(options, this.options.netns, preload)
    this.asked += 1
    if (this.jobs > 1 && stack.kind === 'kernel') await this.warmUp()
    const attempts: RunResult[] = []
    for (;;) {
      const result = await this.inTurn(request, order, place, alone || attempts.length > 0)
      if (result.verdict !== 'undecided' || attempts.length === REPEATS) return { ...result, attempts }
      attempts.push(result)
    }
  }

  private async adminPlan({ stack, adminPort }: RunRequest, { script, options }: PreparedScript): Promise<AdminPlan> {
    if (stack.kind !== 'userspace' || adminPort === 0) return adminPlan(0, this.jobs, true, script, options.initScripts)
    const own = this.jobs > 1 && (await this.hasOwnNetwork())
    return adminPlan(adminPort, this.jobs, own, script, options.initScripts)
  }

  /** Whether run processes get a network namespace each. */
  private hasOwnNetwork(): Promise<boolean> {
    this.ownNetwork ??= this.options.netns === 'private' ? mayHaveOwnNetwork() : Promise.resolve(false)
    return this.ownNetwork
  }

  /** The start of a process is a heavy load: it must not fall into the time of a run that has begun. */
  private warmUp(): Promise<void> {
    this.warm ??= Promise.resolve().then(async () => {
      const slots = Array.from({ length: Math.min(this.jobs + AHEAD, this.asked) }, (_, slot) => slot)
      const rehearsed = async (slot: number) =>
        (await this.processOf(slot, { netns: this.options.netns, eal: '', preload: [] })).rehearsed(true)
      await Promise.all(slots.map(rehearsed))
    })
    return this.warm
  }

  private async inTurn(
    request: RunRequest,
    order: Omit<RunOrder, 'runId' | 'neighbours'>,
    place: Place,
    alone: boolean,
  ): Promise<RunResult> {
    const weight = likelyUs(order.script)
    // A run on a userspace stack, or in a guest, is all one part: as many go on as there are jobs, in as many processes.
    // Nobody waits for the first of these three while it holds another, nor for the second while it holds the third.
    const undivided = order.stack.kind !== 'kernel' && !alone
    const whole = undivided ? await this.whole.take(false, weight) : null
    const slot = await this.turns.take(alone, weight)
    const timed = undivided ? await this.timed.take(false, weight) : null
    try {
      return await this.carryOut(order.stack.kind === 'uml' ? (whole ?? 0) : slot, place, request, {
        ...order,
        runId: this.nextId++,
        neighbours: this.jobs > 1 && !alone,
      })
    } finally {
      if (timed !== null) this.timed.done(timed)
      this.turns.done(slot)
      if (whole !== null) this.whole.done(whole)
    }
  }

  private async carryOut(slot: number, place: Place, request: RunRequest, order: RunOrder): Promise<RunResult> {
    const started = performance.now()
    const { ipVersion } = order.options
    if (order.stack.kind === 'uml') return this.carryOutInGuest(slot, request, order, order.stack.program)
    let process = await this.processOf(slot, place)
    if (order.stack.kind === 'kernel' && order.options.wireMode === null) await process.rehearsed(order.neighbours)
    let ended = await process.carryOut(order)
    if ('report' in ended && ended.report.failure?.code === 'LD_STACK_STALE') {
      // An object that does not unload: only a new process gives a fresh instance.
      await this.replace(slot, process)
      process = await this.processOf(slot, place)
      ended = await process.carryOut(order)
    }
    if ('report' in ended) {
      if (ended.spent) await this.replace(slot, process)
      return resultOf(request, ipVersion, ended.clock, ended.report, ended.wallS, ended.cpuS)
    }
    this.processes.delete(slot)
    const report = await process.explainDeath(order, ended)
    return resultOf(request, ipVersion, clockOf(request), report, (performance.now() - started) / 1000, 0)
  }

  private async carryOutInGuest(
    slot: number,
    request: RunRequest,
    order: RunOrder,
    program: string,
  ): Promise<RunResult> {
    const { seed = 0 } = request
    const kept = this.guests.get(slot)
    const fits = kept?.program === program && kept.seed === seed
    if (kept !== undefined && !fits) await kept.end()
    if (this.closed) throw new Error('this runner is closed')
    const guest = kept !== undefined && fits ? kept : new GuestProcess(program, seed, this.options)
    this.guests.set(slot, guest)
    const { clock, report, wallS, cpuS, spent } = await guest.carryOut(order)
    if (spent) {
      this.guests.delete(slot)
      await guest.end()
    }
    return resultOf(request, order.options.ipVersion, clock, report, wallS, cpuS)
  }

  /** The next run of the slot gets a new process. */
  private async replace(slot: number, process: RunProcess): Promise<void> {
    this.processes.delete(slot)
    await process.end()
  }

  async close(): Promise<void> {
    this.closed = true
    const processes = [...this.processes.values(), ...this.guests.values()]
    this.processes.clear()
    this.guests.clear()
    await Promise.all(processes.map((process) => process.end()))
  }

  /** The one that is warm, or a new one where there is none in such a place. */
  private async processOf(slot: number, place: Place): Promise<RunProcess> {
    const kept = this.processes.get(slot)
    const fits = kept !== undefined && isSame(kept.place, place)
    if (kept !== undefined && !fits) await kept.end()
    if (this.closed) throw new Error('this runner is closed')
    if (fits) return kept
    const process = new RunProcess(this.options.commandOutput, place, this.timed)
    this.processes.set(slot, process)
    return process
  }
}

/** How long a script takes where the stack does as it is told, microseconds. */
function likelyUs({ events }: Script): number {
  let us = 0
  for (const { time } of events) us = time.kind === 'absolute' ? Math.max(us, time.us) : us + time.us
  return us
}

/** What is a run process's for all its life. */
interface Place {
  readonly netns: RunnerOptions['netns']
  /** DPDK is initialised once. */
  readonly eal: string
  /** Libraries that it begins with. */
  readonly preload: readonly string[]
}

const isSame = (a: Place, b: Place) =>
  a.netns === b.netns && a.eal === b.eal && a.preload.join(':') === b.preload.join(':')

/** The interfaces of a wire are the machine's, and so are the devices that EAL is told of. */
function placeOf(
  { wireMode, port, eal }: RunOptions,
  netns: RunnerOptions['netns'],
  preload: readonly string[],
): Place {
  const machines = wireMode !== null || isMachines(port) || eal.length > 0
  return { netns: machines ? 'host' : netns, eal: eal.join(' '), preload }
}

/** One process below lunadrill-guard, with the page that tells how far it came. */
class RunProcess {
  private readonly child: ChildProcess
  private readonly progress = new ProgressPage()
  private readonly exit: Promise<Omit<Death, 'hang'>>
  private readonly mark = newMark()
  /** nstat(8) tells what was counted since it was last asked: that belongs to the namespace, whose counters these are. */
  private readonly nstatHistory = join(tmpdir(), `lunadrill-nstat-${this.mark}`)
  /** Why it could not be started at all. */
  private trouble: Error | null = null
  private hang: Death['hang'] = null
  /** The capture that the run going on writes. */
  private writing: string | null = null
  /** Resolves when it can take a run at once, or never will. */
  private readonly ready: Promise<unknown>
  private rehearsing: Promise<unknown> | null = null

  constructor(
    commandOutput: RunnerOptions['commandOutput'],
    readonly place: Place,
    private readonly timed: Turns,
  ) {
    const guard = guardPath()
    const entry = fileURLToPath(new URL('./run-child.js', import.meta.url))
    const node = [
      ...preloading(place.preload, process.env),
      process.execPath,
      '--single-threaded-gc',
      '--expose-gc',
      entry,
    ]
    const args = [`--netns=${place.netns === 'private' ? 'prefer' : 'host'}`, '--', ...node]
    this.child = spawn(guard, args, {
      // Out of reach of what a script's command does to the process group of its parent, and no end by Ctrl-C but ours.
      detached: true,
      env: { NSTAT_HISTORY: this.nstatHistory, ...process.env, [MARK]: this.mark },
      stdio: ['inherit', commandOutput === 'stdout' ? 'inherit' : 2, 'inherit', 'ipc', this.progress.fd],
      serialization: 'advanced',
    })
    const exit = new Promise<Omit<Death, 'hang'>>((resolve) => {
      this.child.once('error', (error) => {
        this.trouble = error
        resolve({ status: 127, signal: null })
      })
      this.child.once('exit', (status, signal) => resolve({ status, signal }))
    })
    this.exit = exit.finally(() => {
      rmSync(this.nstatHistory, { force: true })
      if (this.writing !== null) endCapture(this.writing)
    })
    const word = new Promise<void>((resolve) => {
      this.child.once('message', () => resolve())
    })
    this.ready = Promise.race([word, this.exit])
  }

  /** Resolves when its first run on the kernel may come, or none will. */
  rehearsed(neighbours: boolean): Promise<unknown> {
    this.rehearsing ??= this.ready.then(() => this.carryOut(rehearsal(neighbours)))
    return this.rehearsing
  }

  async carryOut(order: RunOrder): Promise<Done | Death> {
    let turn: Promise<number> | null = null
    const done = new Promise<Done>((resolve) => {
      this.child.on('message', (message: RunMessage) => {
        if (message.kind === 'ready' || message.runId !== order.runId) return
        if (message.kind === 'done') resolve(message)
        if (message.kind === 'prepared') turn = this.begin(order.runId)
        if (message.kind === 'untimed') {
          this.handBack(turn)
          turn = null
        }
        if (message.kind === 'hang') {
          this.hang = message
          this.child.kill('SIGTERM')
        }
      })
    })
    this.writing = captureOf(order)
    this.child.send({ kind: 'order', order } satisfies RunnerMessage, () => {})
    const ended = await Promise.race([done, this.exit.then((exit) => ({ ...exit, hang: this.hang }))])
    this.writing = null
    this.child.removeAllListeners('message')
    this.handBack(turn)
    return ended
  }

  /** Lets a run into its timed part when it is its turn, which it resolves to. */
  private async begin(runId: number): Promise<number> {
    const turn = await this.timed.take(false, 0)
    this.child.send({ kind: 'go', runId } satisfies RunnerMessage, () => {})
    return turn
  }

  private handBack(turn: Promise<number> | null): void {
    void turn?.then((slot) => this.timed.done(slot))
  }

  async explainDeath(order: RunOrder, death: Death): Promise<InterpreterReport> {
    // Killed itself, the guard has ended nobody.
    if (death.signal !== null) await endMarked(this.mark)
    const page = this.progress.read()
    const flight = order.stack.kind === 'userspace' && this.trouble === null ? this.progress.flight() : null
    this.progress.close()
    const reached = page?.runId === order.runId ? page : null
    const event =
      reached !== null && reached.phase >= RunPhase.init ? order.script.events[reached.eventIndex] : undefined
    const text = event === undefined ? null : oneLine(order.text, event.span)
    const fault = flight === null ? null : stackFault(flight, text)
    const words = this.trouble === null ? deathWords(order.stack, death, fault) : startWords(this.trouble)
    const [line, column] =
      event === undefined ? [null, null] : [event.line, lineOf(order.text, event.span.start).column]
    const where = line === null ? order.scriptPath : `${order.scriptPath}:${line}`
    const refused = refusal({ ...words, upstream: `${where}: ${words.message}` }, { line, column })
    const failure = fault === null || words.verdict === 'error' ? refused : { ...refused, fault }
    const message = failureText(order.scriptPath, order.text, failure, event?.span ?? null)
    return unrun(failure, message)
  }

  /** The guard kills all that is below it. */
  async end(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGTERM')
    // Stopped, it could not act on it.
    this.child.kill('SIGCONT')
    await this.exit
    this.progress.close()
  }
}

const captureOf = ({ options: { port }, stack, cwd }: RunOrder) =>
  port.kind === 'pcap' && stack.kind === 'userspace' ? resolve(cwd, port.tester) : null

/** A run that cannot begin as it was asked for, with its place in upstream's words. */
function refused(path: string, words: Words): InterpreterReport {
  const { message, hint } = words
  const failure = refusal({ ...words, upstream: `${path}: ${message}${hint === null ? '' : `: ${hint}`}` })
  return unrun(failure, failureText(path, '', failure, null))
}

const optionWords = (message: string, hint: string): Words => ({ verdict: 'error', code: 'LD_OPTION', message, hint })

/** A script cannot choose its stack by itself here: silently running it on the kernel would be worse. */
const soInScript = (soFilename: string): Words =>
  optionWords(
    `the script asks for the stack ${soFilename} (--so_filename in its option block)`,
    `name the stack on the command line: packetdrill --so_filename=${soFilename}, lunadrill run --stack=${soFilename}`,
  )

const wireInGuest = optionWords(
  'remote wire mode is not for a kernel in virtual time',
  "test this machine's kernel (--stack=kernel), or leave the option out",
)

const orderOf = ({ scriptPath, stack, clock, trace }: RunRequest) =>
  ({ scriptPath, stack, clock, trace: trace ?? false }) as const

/** The clock of a run that never began. */
const clockOf = ({ stack, clock }: RunRequest) => (stack.kind === 'kernel' ? 'wall' : (clock ?? 'virtual'))

function resultOf(
  { scriptPath, stack }: RunRequest,
  family: RunOptions['ipVersion'],
  clock: RunResult['clock'],
  { failure, message, warnings, verbose, trace, worstLateUs }: InterpreterReport,
  wallS: number,
  cpuS: number,
): RunResult {
  return {
    script: scriptPath,
    stack: stack.name,
    family,
    clock,
    verdict: failure?.verdict ?? 'pass',
    line: failure?.line ?? null,
    message,
    upstream: failure?.upstream ?? null,
    failure,
    warnings,
    verbose,
    trace,
    attempts: [],
    worstLateUs,
    wallS,
    cpuS,
  }
}

const startWords = ({ message }: Error): Words => ({
  verdict: 'error',
  code: 'LD_GUARD',
  message: `the run process could not be started: ${message}`,
  hint: 'build it: npm run setup',
})
