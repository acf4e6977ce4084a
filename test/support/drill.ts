// Runs the built commands as a user does, and looks for what they may have left behind.
import { type SpawnSyncOptions, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { builtinStackPath } from '../../packages/engine/dist/index.js'

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

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

/** A folder of a test's own, with `script(text)` to write scripts into it. */
export function scratch() {
  const folder = mkdtempSync(join(tmpdir(), 'e2e-'))
  let count = 0
  return {
    folder,
    script(text: string, name = `script-${count++}.pkt`): string {
      const path = join(folder, name)
      writeFileSync(path, text)
      return path
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

const probe = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n`

function refusalOf(stack: string): string | undefined {
  const { script, remove } = scratch()
  try {
    const run = drill(stack, script(probe))
    return run.verdict === 'pass' ? undefined : `${stack}: ${run.message?.split('\n')[0]}`
  } catch (error) {
    return `${stack}: ${(error as Error).message.split('\n')[0]}`
  } finally {
    remove()
  }
}

/** Why this machine cannot run scripts on the kernel, or on lwIP; undefined where it can. */
export const noKernel = refusalOf('kernel')
export const noLwip = builtinStackPath('libluna.so') === undefined ? 'lwip: DPDK is not installed' : refusalOf('lwip')

/** A suite's name, with the reason where it is skipped: `npm test` lists these names. */
export const named = (name: string, reason: string | undefined) =>
  reason === undefined ? name : `${name} (skipped: ${reason})`

/** What runs could leave on this machine: their processes, network namespaces, TUN devices, temporary files. */
export function belongings() {
  const processes: string[] = []
  const namespaces = new Set<string>()
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ')
      if (/lunadrill-guard|run-child\.js/.test(words)) processes.push(`${pid} ${words}`)
      namespaces.add(readlinkSync(`/proc/${pid}/ns/net`))
    } catch {
      // It has ended meanwhile, or is another user's.
    }
  }
  const devices = readFileSync('/proc/net/dev', 'utf8').match(/tun\d+/g) ?? []
  const files = readdirSync(tmpdir()).filter((name) => name.startsWith('lunadrill-'))
  return { processes, namespaces: namespaces.size, devices, files }
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
