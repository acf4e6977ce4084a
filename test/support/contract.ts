// The contract suite's frame: behaviours as short scripts, carried out on every host by one warm Runner per test file.
// What a host lacks is in test/contract/lacking.ts, by name; the names show in the titles.
import { afterAll, describe, expect, it } from 'vitest'
import { builtinStackPath, createRunner, type RunRequest, type RunResult } from '../../packages/engine/dist/index.js'
import { type Capability, type HostName, lacking, uncarried } from '../contract/lacking.js'
import { named, scratch } from './scratch.js'

/** What is to be wrong, where, and in which words. */
export interface Failing {
  /** A piece of the line that is blamed (the first line that has it). */
  readonly at: string
  /** A piece of the message. */
  readonly says: string | RegExp
  readonly verdict?: RunResult['verdict']
}

/** One change of a behaviour's script, and what it must lead to. */
export interface Twin extends Failing {
  /** What it breaks, for the title. */
  readonly with: string
  /** Replaced once; must be there. */
  readonly from: string
  readonly to: string
  /** It fails after seconds without a packet: only where these cost nothing. */
  readonly waits?: true
}

export interface Behaviour {
  /** Ends the title's sentence: condition and result. */
  readonly name: string
  readonly script: string
  readonly twins?: readonly Twin[]
  /** Set where the script itself must fail. */
  readonly fails?: Failing
  readonly needs?: Capability
  /** Short enough for lwIP on the wall clock too: the script asks for no more than about half a second. */
  readonly wall?: true
  /** Command line options. */
  readonly options?: RunRequest['options']
  /** Run once more for what is neither verdict nor message. */
  readonly check?: (result: RunResult, folder: string) => void
}

interface Host {
  readonly name: HostName
  readonly stack: RunRequest['stack']
  readonly clock: RunRequest['clock']
}

const lwip = { kind: 'userspace', name: 'lwip', soPath: builtinStackPath('libluna.so') ?? '' } as const

const hosts: readonly Host[] = [
  { name: 'kernel', stack: { kind: 'kernel', name: 'kernel' }, clock: null },
  { name: 'lwip', stack: lwip, clock: 'virtual' },
  { name: 'lwip, wall clock', stack: lwip, clock: 'wall' },
]

/** On a real clock the machine's other work must not decide; where a script is about time its gaps are wider than this. */
const WALL_TOLERANCE_US = '60000'
/** A run that could not judge the stack, since the tester itself was late, is repeated this often. */
const REPEATS = 4
const LIMIT_MS = 12_000

const { script, folder } = scratch()
process.env.CONTRACT_DIR = folder
const start = () => createRunner({ netns: 'private', commandOutput: 'stderr' })
let runner = start()

/** Why this machine cannot run scripts on a host; undefined where it can. */
const missing = new Map<Host, string | undefined>()
for (const host of hosts) {
  const { failure } = await run(host, '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n')
  missing.set(host, failure?.message)
}

/** Registers every behaviour of one test file, on every host. */
export function contract(groups: Readonly<Record<string, readonly Behaviour[]>>): void {
  afterAll(() => runner.close())

  for (const host of hosts) {
    const onlyShort = host.name === 'lwip, wall clock'
    if (
      onlyShort &&
      !Object.values(groups)
        .flat()
        .some(({ wall }) => wall)
    )
      continue
    describe.skipIf(missing.get(host))(named(`on ${host.name}:`, missing.get(host)), () => {
      for (const [group, behaviours] of Object.entries(groups)) {
        const chosen = behaviours.filter(({ wall }) => wall || !onlyShort)
        if (chosen.length === 0) continue
        describe(group, () => {
          for (const each of chosen) behaviourTests(host, each)
        })
      }
    })
  }
}

/** A call that never returns must not take the next tests with it: its process is ended, which is an error. */
async function runOnce(request: RunRequest): Promise<RunResult> {
  let late = false
  const limit = setTimeout(() => {
    late = true
    void runner.close()
  }, LIMIT_MS)
  const result = await runner.run(request)
  clearTimeout(limit)
  if (late) runner = start()
  return result
}

async function run(host: Host, text: string, options: RunRequest['options'] = []): Promise<RunResult> {
  const scriptPath = script(text)
  const given = host.clock === 'virtual' ? options : [['tolerance_usecs', WALL_TOLERANCE_US] as const, ...options]
  for (let tries = 1; ; tries++) {
    const { stack, clock } = host
    const result = await runOnce({ scriptPath, stack, clock, options: given, adminPort: 0 })
    if (result.verdict !== 'undecided' || tries === REPEATS) return result
  }
}

function behaviourTests(host: Host, behaviour: Behaviour): void {
  const { name, needs, twins = [], options, fails, check } = behaviour
  const text = behaviour.script.trimStart()
  const reason = needs === undefined ? undefined : lacking[host.name][needs]
  if (reason !== undefined) {
    it.skip(`${name} (${host.name} lacks ${needs}: ${reason})`, () => {})
    it(`lacks ${needs} still: ${name}`, async () => {
      const otherwise = fails === undefined ? 'fail' : 'pass'
      const verdict = needs !== undefined && uncarried.has(needs) ? 'skip' : otherwise
      expect((await run(host, text, options)).verdict).toBe(verdict)
    })
    return
  }
  it(name, async () => {
    const result = await run(host, text, options)
    if (fails === undefined) expect(outcomeOf(result)).toEqual({ verdict: 'pass', line: null, message: null })
    else expectFailure(result, text, fails)
    check?.(result, folder)
  })
  for (const twin of twins) {
    if (twin.waits && host.clock !== 'virtual') continue
    it(`${name}: fails with ${twin.with}`, async () => {
      expect(text).toContain(twin.from)
      const broken = text.replace(twin.from, () => twin.to)
      expectFailure(await run(host, broken, options), broken, twin)
    })
  }
}

function expectFailure(result: RunResult, text: string, { at, says, verdict = 'fail' }: Failing): void {
  const line = text.split('\n').findIndex((each) => each.includes(at)) + 1
  expect(line, `no line has ${at}`).toBeGreaterThan(0)
  const message = typeof says === 'string' ? expect.stringContaining(says) : expect.stringMatching(says)
  expect(outcomeOf(result)).toEqual({ verdict, line, message })
}

const outcomeOf = ({ verdict, line, message }: RunResult) => ({ verdict, line, message })

/** What is said of a blocking call that returns beside its time. */
export const tooEarly = /timing error: expected system call return at [\s\S]* us early; tolerance/
export const tooLate = /timing error: expected system call return at [\s\S]* us late; tolerance/

/** A listening socket, 3. */
export const listening = `
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
+0 bind(3, ..., ...) = 0
+0 listen(3, 5) = 0`

/** The handshake of a passive open. */
export const handshake = `
+0 < S 0:0(0) win 32792 <mss 1460>
+0 > S. 0:0(0) ack 1 <...>
+.01 < . 1:1(0) ack 1 win 32792`

/** A connection of a passive open: 4, of the listening socket 3. */
export const accepted = `${listening}${handshake}
+0 accept(3, ..., ...) = 4`

/** A connection of an active open: 3, not blocking. */
export const connected = `
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+.01 < S. 0:0(0) ack 1 win 32792 <mss 1460>
+0 > . 1:1(0) ack 1
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0
+0 connect(3, ..., ...) = 0`
