// What becomes of a run whose stack dies or does not come back, and of a run that is killed: a verdict with its line,
// the other runs go on, and nothing stays behind.
import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { buildStack } from '../../packages/dpdk-native/test/stacks/build.mjs'
import {
  belongings,
  command,
  environment,
  named,
  noKernel,
  noLwip,
  type Run,
  root,
  scratch,
  settled,
} from '../support/drill.js'

const { script } = scratch()
const before = belongings()
afterEach(async () => expect(await settled(before)).toEqual(before))

const listens = script(
  `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1460>
+0 > S. 0:0(0) ack 1 <...>
`,
  'listens.pkt',
)
const sound = script('0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n', 'sound.pkt')

function runs(...args: string[]): Run[] {
  const { stdout } = command('lunadrill', ['run', '--reporter=json', ...args])
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Run)
}

describe.skipIf(noLwip)(named('a stack that', noLwip), () => {
  it.each([
    ['runs into a SIGSEGV', 'crash-in-listen', 3, 'SIGSEGV'],
    ['crashes on a packet', 'crash-after-syn', 4, 'SIG'],
    ['aborts', 'aborts', null, 'SIGABRT'],
    ['calls exit()', 'exits', null, 'exited with status'],
  ])('%s is a crash, and the next run goes on', (_what, name, line, says) => {
    const [crashed, next] = runs(`--stack=${buildStack(name)}`, listens, '--stack=lwip') as [Run, Run]
    expect(crashed).toMatchObject({ verdict: 'crash', script: listens })
    expect(crashed.message).toContain(says)
    if (line !== null) expect(crashed.line).toBe(line)
    expect(crashed.message).toContain(`listens.pkt:${crashed.line}:`)
    expect(next).toMatchObject({ verdict: 'pass', stack: 'lwip' })
  })

  it('spins for ever is a hang, with its line', { timeout: 40_000 }, () => {
    const [hung, next] = runs(`--stack=${buildStack('endless-poll')}`, listens, '--stack=lwip') as [Run, Run]
    expect(hung).toMatchObject({ verdict: 'hang' })
    expect(hung.message).toMatch(/did not come back from poll\(\) for \d+ s/)
    expect(next.verdict).toBe('pass')
  })

  it('spins in its init is a hang before the first line', { timeout: 40_000 }, () => {
    const [hung, next] = runs(`--stack=${buildStack('hangs-in-init')}`, listens, '--stack=lwip') as [Run, Run]
    expect(hung).toMatchObject({ verdict: 'hang', line: null })
    expect(hung.message).toMatch(/did not come back from init\(\) for \d+ s/)
    expect(next.verdict).toBe('pass')
  })

  it('does not unload gets a process of its own for each run', () => {
    const reports = runs(`--stack=${buildStack('stays-loaded')}`, sound, sound, sound)
    expect(reports.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass'])
  })

  it('dies makes packetdrill exit 1 and name the line', () => {
    const { status, stderr } = command('packetdrill', [`--so_filename=${buildStack('crash-in-listen')}`, listens])
    expect(status).toBe(1)
    expect(stderr).toContain(`${listens}:3: `)
  })
})

/** Starts a command and waits until its script has come to `marker` (a file name that a shell command of it shows). */
async function started(
  program: string,
  args: readonly string[],
): Promise<{ child: ChildProcess; output: () => string; ended: Promise<number | null> }> {
  const child = spawn(join(root, program), args, { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  const reached = new Promise<void>((done) => {
    const take = (chunk: Buffer) => {
      text += chunk
      if (text.includes('here it is')) done()
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
  })
  const ended = new Promise<number | null>((done) => child.once('close', (status) => done(status)))
  await Promise.race([reached, ended.then((status) => Promise.reject(new Error(`ended before: ${status}: ${text}`)))])
  return { child, output: () => text, ended }
}

/** The run process below `pid`. */
function runProcess(pid: number): number {
  const parents = new Map<number, number>()
  const found: number[] = []
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0]))
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0')
      if (words.some((word) => word.endsWith('run-child.js')) && !words[0]?.endsWith('lunadrill-guard'))
        found.push(Number(name))
    } catch {
      // It has ended meanwhile.
    }
  }
  const below = (each: number): boolean => each === pid || (each > 1 && below(parents.get(each) ?? 0))
  const [child] = found.filter(below)
  if (child === undefined) throw new Error('no run process')
  return child
}

const waits = script(
  `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 \`echo here it is; exec sleep 30\`
`,
  'waits.pkt',
)

for (const [stack, missing] of [
  ['kernel', noKernel],
  ['lwip', noLwip],
] as const) {
  describe.skipIf(missing)(named(`a run on ${stack}`, missing), () => {
    it('whose process is killed by SIGKILL gets a verdict with its line', async () => {
      const { child, output, ended } = await started('lunadrill', ['run', '--reporter=json', `--stack=${stack}`, waits])
      process.kill(runProcess(child.pid as number), 'SIGKILL')
      expect(await ended).toBe(stack === 'lwip' ? 1 : 2)
      const run = JSON.parse(
        output()
          .split('\n')
          .find((line) => line.startsWith('{')) ?? '',
      ) as Run
      expect(run).toMatchObject({ verdict: stack === 'lwip' ? 'crash' : 'error', line: 4 })
      expect(run.message).toContain('SIGKILL')
    })

    it('leaves nothing behind when the command is killed by SIGKILL', async () => {
      const { child, ended } = await started('lunadrill', ['run', `--stack=${stack}`, waits])
      child.kill('SIGKILL')
      await ended
    })

    it.each(['SIGINT', 'SIGTERM'] as const)('leaves nothing behind after %s', async (signal) => {
      const { child, ended } = await started('lunadrill', ['run', `--stack=${stack}`, waits])
      child.kill(signal)
      expect(await ended).toBe(signal === 'SIGINT' ? 130 : 143)
    })
  })
}

describe.skipIf(noLwip)(named('a run that passes', noLwip), () => {
  it('leaves nothing behind', () => {
    expect(runs('--stack=lwip', sound, listens).map(({ verdict }) => verdict)).toEqual(['pass', 'pass'])
  })
})
