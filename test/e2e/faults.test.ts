// What becomes of a run whose stack dies or does not come back, and of a run that is killed: a verdict with its line,
// the other runs go on, and nothing stays behind.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
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

const { folder, script } = scratch()
const before = belongings()
afterEach(async () => expect(await settled(before)).toEqual(before))

/** A stack that says nothing passes. */
const silent = script(
  `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1460>
+0.1 close(3) = 0
`,
  'silent.pkt',
)
const lines = readFileSync(silent, 'utf8').split('\n')
const syn = '192.0.2.1:32768 > 192.168.0.2:8080 S 0:0(0) win 32792 <mss 1460>'

const sound = script('0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n', 'sound.pkt')

/** In the scripts' folder, and where the system would write core files. */
function runs(...args: string[]): Run[] {
  const withCores = ['-c', 'ulimit -S -c "$(ulimit -H -c)" && exec "$@"', 'sh', join(root, 'lunadrill')]
  const { stdout, stderr } = spawnSync('sh', [...withCores, 'run', '--reporter=json', ...args], {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
    timeout: 240_000,
    killSignal: 'SIGKILL',
  })
  if (stdout.trim() === '') throw new Error(`no report: ${stderr}`)
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Run)
}

// What it is, the object, how its process ends, the line, what the report says, the function at fault, its entry.
const crashes = [
  ['runs into a SIGSEGV', 'crash-in-listen', 'SIGSEGV', 3, /not its own \(0x0\)/, 'crash', 'call'],
  ['runs into a SIGSEGV on a packet', 'crash-after-syn', 'SIGSEGV', 4, /not its own/, 'crash', 'poll'],
  ['jumps to where no code is', 'jumps-nowhere', 'SIGSEGV', 3, /not its own \(0x0\)/, 'jump', 'call'],
  ['divides by zero', 'divides', 'SIGFPE', 3, /divided by zero/, 'divide', 'call'],
  ['aborts', 'aborts', 'SIGABRT', 3, /gave up by itself/, 'give_up', 'call'],
  ['fails an assertion', 'asserts', 'SIGABRT', 3, /Assertion `backlog > 1000 && "room for/, 'check', 'call'],
  ['overflows its stack', 'overflows', 'SIGSEGV', 3, /called itself without end/, 'dive', 'call'],
  ['corrupts the heap', 'corrupts-heap', 'SIGABRT', 3, /double free|free\(\): /, 'free_twice', 'call'],
  ['calls exit()', 'exits', null, 3, /exited with status 3/, 'leave', 'call'],
] as const

// What it is, the object, the entry in the report's words and in the data, the line, what the report says, the function.
const hangs = [
  ['spins for ever in its poll', 'endless-poll', 'poll()', 'poll', 3, /endless loop/, 'spin'],
  ['spins for ever in a call', 'endless-call', 'a socket call', 'call', 3, /endless loop/, 'spin'],
  ['waits for its own lock', 'deadlock', 'poll()', 'poll', 4, /deadlock/, 'input'],
  ['spins in its init', 'hangs-in-init', 'init()', 'init', null, /endless loop/, 'spin'],
] as const

const frame = (text: string, line: number | null) => ({ kind: 'frame', text, line })
const descriptor = (on: RegExp, line: number | null) => ({
  kind: 'descriptor',
  text: expect.stringMatching(on) as string,
  line,
})
// What it is, the object, the line, what it keeps.
const leaks = [
  // The gateway has told its address before the first event.
  ['keeps packet buffers', 'leaks', 4, '2 packet buffers', [frame(syn, 4), frame('an ARP frame', null)]],
  ['keeps a file open', 'leaks-descriptors', 3, '1 file descriptor', [descriptor(/open on \/dev\/null$/, 3)]],
  ['keeps open what its init opened', 'leaks-in-init', null, '1 file descriptor', [descriptor(/on socket:/, null)]],
] as const

describe.skipIf(noLwip)(named('a stack that', noLwip), () => {
  const objects = [...crashes, ...hangs, ...leaks].map(([, object]) => object)
  /** By object; `next` is the run on lwIP behind it. */
  const reports = new Map<string, { run: Run; next: Run | undefined }>()
  const of = (object: string) => reports.get(object) as { run: Run; next: Run }

  beforeAll(() => {
    // All in one command, two side by side.
    const stacks = objects.flatMap((object) => [`--stack=${buildStack(object)}`, '--stack=lwip'])
    const all = runs('--jobs=2', '--hang_timeout=2', silent, ...stacks)
    for (const [i, object] of objects.entries()) reports.set(object, { run: all[2 * i] as Run, next: all[2 * i + 1] })
  }, 250_000)

  it.each(crashes)('%s is a crash, and the next run goes on', (_what, object, signal, line, says, at, entry) => {
    const { run, next } = of(object)
    expect(run).toMatchObject({ verdict: 'crash', script: silent, line })
    expect(run.message).toContain(`silent.pkt:${line}:`)
    expect(run.message).toMatch(says)
    expect(run.fault).toMatchObject({ signal, entry, event: lines[line - 1] })
    expect(run.fault?.backtrace.map(({ symbol }) => symbol)).toContain(at)
    expect(run.fault?.backtrace.at(-1)?.object).toContain(`${object}.so`)
    expect(run.message).toMatch(new RegExp(`#\\d+ +${at} \\(${object}\\.so\\) at .*/${object}\\.c:\\d+`))
    expect(next).toMatchObject({ verdict: 'pass', stack: 'lwip' })
  })

  it.each(hangs)('%s hangs, and the next run goes on', (_what, object, words, entry, line, says, at) => {
    const { run, next } = of(object)
    expect(run).toMatchObject({ verdict: 'hang', line })
    expect(run.message).toMatch(/did not come back from .* for \d+ s$/m)
    expect(run.message).toContain(`did not come back from ${words} for`)
    expect(run.message).toMatch(says)
    expect(run.fault).toMatchObject({ signal: null, entry, event: line === null ? null : lines[line - 1] })
    expect(run.fault?.backtrace.map(({ symbol }) => symbol)).toContain(at)
    expect(next).toMatchObject({ verdict: 'pass', stack: 'lwip' })
  })

  it.each(leaks)('%s leaks, and the next run goes on', (_what, object, line, words, leaked) => {
    const { run, next } = of(object)
    expect(run).toMatchObject({ verdict: 'leak', line })
    expect(run.message).toMatch(new RegExp(`has not given back ${words}$`, 'm'))
    expect(run.fault?.event).toBe(line === null ? null : lines[line - 1])
    expect(run.fault?.leaked).toEqual(leaked)
    expect(next).toMatchObject({ verdict: 'pass', stack: 'lwip' })
  })

  it.each([
    ['crashes', 'crash-after-syn'],
    ['hangs', 'deadlock'],
    ['leaks', 'leaks'],
  ])('%s is shown with its last packets', (_what, object) => {
    const { run } = of(object)
    expect(run.fault).toMatchObject({
      packets: [{ at_s: 0, to_stack: true, octets: 44, text: syn }],
      packet_count: 1,
    })
    expect(run.message).toContain(`0.000000  to the stack    ${syn}`)
  })

  it('misbehaves leaves no core file where the scripts are', () => {
    expect(readdirSync(folder).filter((name) => !name.endsWith('.pkt'))).toEqual([])
  })

  it('misbehaves does not harm the runs after it in the one process', { timeout: 120_000 }, () => {
    const one = ['crash-in-listen', 'endless-call', 'leaks'].map((object) => `--stack=${buildStack(object)}`)
    const verdicts = runs('--hang_timeout=1', silent, ...one.flatMap((stack) => [stack, '--stack=lwip']))
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['crash', 'pass', 'hang', 'pass', 'leak', 'pass'])
  })

  it('does not unload gets a process of its own for each run', () => {
    const reports = runs(`--stack=${buildStack('stays-loaded')}`, sound, sound, sound)
    expect(reports.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass'])
  })

  it('dies makes packetdrill exit 1 and name the line', () => {
    const { status, stderr } = command('packetdrill', [`--so_filename=${buildStack('crash-in-listen')}`, silent])
    expect(status).toBe(1)
    expect(stderr).toContain(`${silent}:3: `)
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
    expect(runs('--stack=lwip', sound, silent).map(({ verdict }) => verdict)).toEqual(['pass', 'pass'])
  })
})
