// Runs the built commands as a user does, and looks for what they may have left behind.
import { type SpawnSyncOptions, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, inject } from 'vitest'

export { named, scratch } from './scratch.js'

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

// Other runs may go on on this machine: ours are known by a mark in their environment, and keep their files apart.
const MARK = 'LUNADRILL_E2E'
const mark = `${process.pid}.${Date.now()}`
const temporary = mkdtempSync(join(tmpdir(), 'e2e-tmp-'))
afterAll(() => rmSync(temporary, { recursive: true, force: true }))

/** The environment of every command that a test starts. */
export const environment = { ...process.env, [MARK]: mark, TMPDIR: temporary }

/** The object `lunadrill run --reporter=json` prints for each run. */
export interface Run {
  script: string
  stack: string
  family: string
  clock: string
  verdict: string
  line: number | null
  message: string | null
  wall_s: number
  cpu_s: number
  fault?: Fault
}

/** What it says of a userspace stack that is at fault. */
export interface Fault {
  event: string | null
  entry: string | null
  signal: string | null
  words: string | null
  backtrace: { object: string | null; symbol: string | null; offset: number; source: string | null }[]
  packets: { at_s: number; to_stack: boolean; octets: number; text: string }[]
  packet_count: number
  leaked: { kind: string; text: string; line: number | null }[]
}

export interface Ended {
  status: number | null
  stdout: string
  stderr: string
}

/** `program` is `packetdrill` or `lunadrill`, by its path in the repository. */
export function command(program: string, args: readonly string[], options: SpawnSyncOptions = {}): Ended {
  const { status, stdout, stderr } = spawnSync(join(root, program), args, {
    cwd: root,
    env: environment,
    timeout: 60_000,
    killSignal: 'SIGKILL',
    ...options,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

/** Runs and gives the reports; throws where the command printed none. */
export function drill(
  stack: string,
  script: string,
  ...flags: string[]
): Run & { status: number | null; stderr: string } {
  const { status, stdout, stderr } = command('lunadrill', [
    'run',
    `--stack=${stack}`,
    '--reporter=json',
    ...flags,
    script,
  ])
  const line = stdout.trim().split('\n').at(-1)
  if (!line) throw new Error(`no report (status ${status}): ${stderr}`)
  return { ...(JSON.parse(line) as Run), status, stderr }
}

const refusals = inject('refusals')
if (refusals === undefined) throw new Error('use test/vitest.config.mjs: npx vitest run --root test [FILE]')

/** Why this machine cannot run scripts on the kernel, on lwIP, or on lwIP with SACK and timestamps; undefined where it can. */
export const noKernel = refusals.kernel ?? undefined
export const noLwip = refusals.lwip ?? undefined
export const noLwipSack = refusals.lwipSack ?? undefined

/** What the runs of this test file have left: their processes, named namespaces, TUN devices here, temporary files. */
export function belongings() {
  const processes: string[] = []
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid) continue
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`${MARK}=${mark}`)) continue
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ')
      if (words !== '') processes.push(`${pid} ${words}`)
    } catch {
      // It has ended meanwhile, or is another user's.
    }
  }
  return {
    processes,
    namespaces: existsSync('/run/netns') ? readdirSync('/run/netns') : [],
    devices: readFileSync('/proc/net/dev', 'utf8').match(/tun\d+/g) ?? [],
    files: [...readdirSync(temporary), ...['/run/dpdk', '/tmp/dpdk', '/dev/hugepages/rtemap_0'].filter(existsSync)],
  }
}

/** The same, once all that was told to end has ended (at most 5 s). */
export async function settled(before: ReturnType<typeof belongings>) {
  for (let i = 0; i < 100; i++) {
    const now = belongings()
    if (JSON.stringify(now) === JSON.stringify(before)) return now
    await new Promise((done) => setTimeout(done, 50))
  }
  return belongings()
}
