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
const listensLines = readFileSync(listens, 'utf8').split('\n')

const sound = script('0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n', 'sound.pkt')

function runs(...args: string[]): Run[] {
  const { stdout } = command('lunadrill', ['run', '--reporter=json', ...args])
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Run)
}

describe.skipIf(noLwip)(named('a stack that', noLwip), () => {
  // What it is, the object, how its process ends, the line, what the report says, the function at fault, its entry.
  it.each([
    ['runs into a SIGSEGV', 'crash-in-listen', 'SIGSEGV', 3, /not its own \(0x0\)/, 'crash', 'call'],
    ['runs into a SIGSEGV on a packet', 'crash-after-syn', 'SIGSEGV', 4, /not its own/, 'crash', 'poll'],
    ['jumps to where no code is', 'jumps-nowhere', 'SIGSEGV', 3, /not its own \(0x0\)/, 'jump', 'call'],
    ['divides by zero', 'divides', 'SIGFPE', 3, /divided by zero/, 'divide', 'call'],
    ['aborts', 'aborts', 'SIGABRT', 3, /gave up by itself/, 'give_up', 'call'],
    [
      'fails an assertion',
      'asserts',
      'SIGABRT',
      3,
      /Assertion `backlog > 1000 && "room for connections"'/,
      'check',
      'call',
    ],
    ['overflows its stack', 'overflows', 'SIGSEGV', 3, /called itself without end/, 'dive', 'call'],
    ['corrupts the heap', 'corrupts-heap', 'SIGABRT', 3, /double free|free\(\): /, 'free_twice', 'call'],
    ['calls exit()', 'exits', null, 3, /exited with status 3/, 'leave', 'call'],
  ])('%s is a crash, and the next run goes on', (_what, name, signal, line, says, at, entry) => {
    const [crashed, next] = runs(`--stack=${buildStack(name)}`, listens, '--stack=lwip') as [Run, Run]
    expect(crashed).toMatchObject({ verdict: 'crash', script: listens, line })
    expect(crashed.message).toContain(`listens.pkt:${line}:`)
    expect(crashed.message).toMatch(says)
    expect(crashed.fault).toMatchObject({ signal, entry, event: listensLines[line - 1] })
    expect(crashed.fault?.backtrace.map(({ symbol }) => symbol)).toContain(at)
    expect(crashed.fault?.backtrace.at(-1)?.object).toContain(`${name}.so`)
    expect(crashed.message).toMatch(new RegExp(`#\\d+ +${at} \\(${name}\\.so\\)`))
    expect(next).toMatchObject({ verdict: 'pass', stack: 'lwip' })
  })

  it.each([
    ['spins for ever in its poll', 'endless-poll', 'poll\\(\\)', 3, /endless loop/, 'spin'],
    ['spins for ever in a call', 'endless-call', 'a socket call', 3, /endless loop/, 'spin'],
    ['waits for its own lock', 'deadlock', 'poll\\(\\)', 4, /deadlock/, 'input'],
    ['spins in its init', 'hangs-in-init', 'init\\(\\)', null, /endless loop/, 'spin'],
  ])('%s hangs, and the next run goes on', { timeout: 40_000 }, (_what, name, entry, line, says, at) => {
    const [hung, next] = runs(`--stack=${buildStack(name)}`, listens, '--stack=lwip') as [Run, Run]
    expect(hung).toMatchObject({ verdict: 'hang', line })
    expect(hung.message).toMatch(new RegExp(`did not come back from ${entry} for \\d+ s`))
    expect(hung.message).toMatch(says)
    expect(hung.fault?.backtrace.map(({ symbol }) => symbol)).toContain(at)
    expect(next.verdict).toBe('pass')
  })

  it('crashes is shown with its last packets', () => {
    const [crashed] = runs(`--stack=${buildStack('crash-after-syn')}`, listens) as [Run]
    const text = '192.0.2.1:32768 > 192.168.0.2:8080 S 0:0(0) win 32792 <mss 1460>'
    expect(crashed.fault?.packets).toEqual([{ at_s: 0, to_stack: true, octets: 44, text }])
    expect(crashed.message).toContain(`0.000000  to the stack    ${text}`)
  })

  it.each([
    ['keeps a file open', 'leaks-descriptors', 3, /open on \/dev\/null$/],
    ['keeps open what its init opened', 'leaks-in-init', null, /open on socket:/],
  ])('%s leaks, and the next run goes on', (_what, name, line, text) => {
    const [leaky, next] = runs(`--stack=${buildStack(name)}`, silent, '--stack=lwip') as [Run, Run]
    expect(leaky).toMatchObject({ verdict: 'leak', line })
    expect(leaky.message).toMatch(/has not given back 1 file descriptor$/m)
    expect(leaky.fault?.leaked).toEqual([{ kind: 'descriptor', text: expect.stringMatching(text), line }])
    expect(next).toMatchObject({ verdict: 'pass', stack: 'lwip' })
  })

  it('keeps packet buffers leaks, with the packets in them', () => {
    const [leaky, next] = runs(`--stack=${buildStack('leaks')}`, silent, '--stack=lwip') as [Run, Run]
    expect(leaky).toMatchObject({ verdict: 'leak', line: 4 })
    expect(leaky.message).toMatch(/has not given back 2 packet buffers$/m)
    // The gateway has told its address before the first event.
    expect(leaky.fault?.leaked).toEqual([
      { kind: 'frame', text: '192.0.2.1:32768 > 192.168.0.2:8080 S 0:0(0) win 32792 <mss 1460>', line: 4 },
      { kind: 'frame', text: 'an ARP frame', line: null },
    ])
    expect(leaky.fault?.packet_count).toBe(1)
    expect(next).toMatchObject({ verdict: 'pass', stack: 'lwip' })
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
