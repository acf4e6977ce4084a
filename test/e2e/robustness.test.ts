// Scripts whose commands misbehave, and files that are no scripts: always a verdict with its line, no hang, no output held
// in memory, and nothing left behind.
import { type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { belongings, command, drill, environment, named, noKernel, type Run, root, scratch } from '../support/drill.js'

const { folder, script } = scratch()
/** But for namespaces with a name: other programs on this machine may make some meanwhile, ours have none. */
const left = () => ({ ...belongings(), namespaces: [] })
const before = left()
afterEach(() => expect.poll(left, { timeout: 5000 }).toEqual(before))

const SOCKET = '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n'
const after = (event: string) => script(`${SOCKET}+0 ${event}\n`)
const stackTrace = /^\s+at .*[:(]\d+/m

describe.skipIf(noKernel)(named('a command that', noKernel), () => {
  it.each([
    ['never ends', '`sleep 1000`'],
    [
      'never ends, nor do its children, in whatever session',
      '`sleep 1000 & setsid sleep 1000 & setsid -f sleep 1000; wait`',
    ],
    ['stops itself', '`kill -STOP $$`'],
    ['ignores signals', "`trap '' INT TERM HUP; while :; do sleep 1000; done`"],
  ])('%s is ended when its time is up', (_what, event) => {
    const run = drill('kernel', after(event), '--command_timeout=1')
    expect(run).toMatchObject({ verdict: 'fail', line: 2, status: 1 })
    expect(run.message).toMatch(/timed out after 1 s[\s\S]*--command_timeout/)
    expect(run.wall_s).toBeGreaterThan(0.9)
    expect(run.wall_s).toBeLessThan(10)
  })

  it('never ends makes packetdrill exit 1, in a message of upstream’s form', () => {
    const path = after('`sleep 1000`')
    expect(command('packetdrill', ['--command_timeout=1', path])).toEqual({
      status: 1,
      stdout: '',
      stderr: `${path}:2: error executing \`sleep 1000\` command: timed out after 1 s\n`,
    })
  })

  it.each([
    ['an init command', '`sleep 1000`\n', 1],
    ['a cleanup command', `\`true\`\n${SOCKET}\`sleep 1000\`\n`, 3],
  ])('never ends as %s is ended as well', (_what, text, line) => {
    const whole = text.includes(SOCKET) ? text : text + SOCKET
    expect(drill('kernel', script(whole), '--command_timeout=1')).toMatchObject({ verdict: 'fail', line })
  })

  it('never ends in a script of its own option block is ended by that', () => {
    expect(drill('kernel', script(`--command_timeout=1\n${SOCKET}+0 \`sleep 1000\`\n`))).toMatchObject({
      verdict: 'fail',
      line: 3,
    })
  })

  it('asks nstat is told what its own namespace counted, and leaves no history', () => {
    const path = after('`nstat >/dev/null; test "$(stat -c %h "$NSTAT_HISTORY")" = 1 && echo "$NSTAT_HISTORY"`')
    const { status, stdout } = command('packetdrill', [path])
    expect(status).toBe(0)
    expect(stdout).toMatch(/lunadrill-nstat-/)
    expect(existsSync(stdout.trim())).toBe(false)
  })

  it.each([
    ['kills its parent', 'kill -9 $PPID; sleep 1000'],
    ['kills its parent’s guard', 'kill -9 $(ps -o ppid= -p $PPID); sleep 1000'],
    ['kills both guards', 'g=$(ps -o ppid= -p $PPID); kill -9 $(ps -o ppid= -p $g) $g; sleep 1000'],
    ['kills its parent’s process group', "kill -9 -$(ps -o pgid= -p $PPID | tr -d ' '); sleep 1000"],
  ])('%s gets an error with its line, and the next run goes on', (_what, text) => {
    const sound = script(SOCKET)
    const { status, stdout, stderr } = command('lunadrill', ['run', '--reporter=json', after(`\`${text}\``), sound])
    const [killed, next] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Run)
    expect(killed).toMatchObject({ verdict: 'error', line: 2 })
    expect(killed?.message).toContain('SIGKILL')
    expect(next).toMatchObject({ verdict: 'pass' })
    expect(status).toBe(2)
    expect(stderr).not.toMatch(stackTrace)
  })

  it('kills its own process group kills nobody else', () => {
    expect(drill('kernel', after('`kill -9 0; sleep 1000`'))).toMatchObject({ verdict: 'pass', status: 0 })
  })

  it('stops its parent does not stop the run', () => {
    const path = script(`${SOCKET}+0 \`kill -STOP $PPID\`\n+0 \`kill -STOP $(ps -o ppid= -p $PPID)\`\n`)
    expect(drill('kernel', path, '--tolerance_usecs=1000000')).toMatchObject({ verdict: 'pass' })
  })

  it.each([
    ['closes its descriptors', '`exec <&- >&- 2>&-; true`'],
    ['leaves a daemon that holds its output open', '`sleep 1000 & true`'],
    ['is ended by a signal that upstream does not see', '`kill -TERM $$`'],
  ])('%s passes', (_what, event) => {
    expect(drill('kernel', after(event))).toMatchObject({ verdict: 'pass' })
  })

  it('leaves a daemon does not leave it to the next script', () => {
    const looks = after('`! pgrep -f "sleep 10[0]7"`')
    const { stdout } = command('lunadrill', ['run', '--reporter=json', after('`sleep 1007 & true`'), looks])
    expect(stdout.match(/"verdict":"\w+"/g)).toEqual(['"verdict":"pass"', '"verdict":"pass"'])
  })
})

const CONNECTED = `${SOCKET}+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1460>
+0 > S. 0:0(0) ack 1 <...>
+.01 < . 1:1(0) ack 1 win 32792
+0 accept(3, ..., ...) = 4
`

describe.skipIf(noKernel)(named('a Python block that', noKernel), () => {
  const block = (code: string) => script(`${CONNECTED}+0 %{ ${code} }%\n`)

  it('never ends is ended when its time is up, and named', () => {
    // Python itself has to begin in this time, on a busy machine too.
    const run = drill('kernel', block('import time; time.sleep(1000)'), '--command_timeout=4')
    expect(run).toMatchObject({ verdict: 'fail', line: 8 })
    expect(run.message).toContain('timed out after 4 s')
  })

  it('leaves a child that holds everything open does not keep the run', () => {
    expect(drill('kernel', block("import os; os.system('sleep 1000 &')"))).toMatchObject({ verdict: 'pass' })
  })

  it('ends Python by itself is named', () => {
    const run = drill('kernel', block('import os; os._exit(3)'))
    expect(run).toMatchObject({ verdict: 'fail', line: 8 })
    expect(run.message).toContain('non-zero status 3')
  })
})

/** What a line of shell prints, and its status. */
function piped(line: string, ...args: string[]) {
  const options: SpawnOptions = { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'pipe'] }
  const child = spawn('bash', ['-c', `set -o pipefail; ${line}`, 'bash', ...args], options)
  const text = { out: '', err: '' }
  child.stdout?.on('data', (chunk) => (text.out += chunk))
  child.stderr?.on('data', (chunk) => (text.err += chunk))
  return new Promise<{ status: number | null; out: string; err: string }>((done) =>
    child.once('close', (status) => done({ status, ...text })),
  )
}

describe.skipIf(noKernel)(named('output of a gigabyte', noKernel), () => {
  const gigabyte = after('`yes 0123456789abcde | head -c 1000000000`')
  // ru_maxrss: of the largest of all descendants.
  const measured = (line: string) =>
    `python3 -c 'import resource, subprocess, sys
status = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=open("${folder}/rss", "w"))
sys.exit(status)' ${line}`

  it('streams through, and is held nowhere', async () => {
    const run = measured(`./lunadrill run --reporter=json ${gigabyte}`)
    const { status, out } = await piped(`{ ${run} 2>&1 >&3 | wc -c; } 3>&1; cat ${folder}/rss`)
    const [report = '', octets, rss] = out.trim().split('\n')
    expect(status).toBe(0)
    expect(JSON.parse(report)).toMatchObject({ verdict: 'pass' })
    expect(octets).toBe('1000000000')
    expect(Number(rss) / 1024).toBeLessThan(200)
  })

  it('waits for a slow reader', async () => {
    const much = after('`yes 0123456789abcde | head -c 50000000`')
    const { status, out } = await piped(`./lunadrill run ${much} ${much} | (sleep 1; tail -n 1)`)
    expect(out).toMatch(/2 runs: 2 pass/)
    expect(status).toBe(0)
  })

  it.each(['run', 'run --reporter=json'])('ends with a reader that goes: lunadrill %s', async (how) => {
    const { out, err } = await piped(`./lunadrill ${how} ${gigabyte} 2>&1 | head -c 5`)
    expect(out).toHaveLength(5)
    expect(err).not.toMatch(stackTrace)
  })

  it('may go nowhere', async () => {
    const { err } = await piped(`./lunadrill run ${after('`echo x; echo y >&2; true`')} >&- 2>&-`)
    expect(err).toBe('')
  })
})

describe('a script', () => {
  const refusal = (path: string) => {
    const { status, stdout, stderr } = command('lunadrill', ['run', path])
    expect({ status, stderr }).toEqual({ status: 2, stderr: '' })
    return stdout
  }

  it('that is a device is refused', () => {
    expect(refusal('/dev/zero')).toContain('it is a device or a socket')
  })

  it('that is too large is refused', () => {
    const path = join(folder, 'large.pkt')
    writeFileSync(path, Buffer.alloc(17 * 2 ** 20, '\n'))
    expect(refusal(path)).toContain('it has more than 16 MiB')
  })

  it('that never comes through its pipe is not waited for', { timeout: 40_000 }, () => {
    const path = join(folder, 'pipe')
    spawnSync('mkfifo', [path])
    expect(command('lunadrill', ['run', '--dry_run', path]).stdout).toContain('nothing came through this pipe for 5 s')
  })

  it('that comes through a pipe is read, though late', async () => {
    const { status, out } = await piped(
      `(sleep 0.5; printf '%s' "$1"; sleep 0.5; echo '+0 bind(3, ..., ...) = 0') | ./lunadrill run --dry_run /dev/stdin`,
      SOCKET,
    )
    expect({ status, out }).toMatchObject({ status: 0, out: expect.stringContaining('1 pass') })
  })

  it.each([
    ['in UTF-16', Buffer.from(SOCKET, 'utf16le'), 'NUL'],
    ['with a byte order mark', Buffer.from(`\ufeff${SOCKET}`), 'byte order mark'],
    ['with octets that are no UTF-8', Buffer.from([...Buffer.from(SOCKET), 0xff, 0xfe]), 'not UTF-8'],
    ['with a NUL', Buffer.from(SOCKET.replace('_', '\0')), 'NUL'],
    ['nested without end', Buffer.from(`0 a(${'['.repeat(1e6)}`), 'nested more than'],
    ['of a million-character word', Buffer.from(`0 ${'a'.repeat(1e6)}\n`), 'expected'],
  ])('%s is refused with a reason', (_what, octets, says) => {
    const path = join(folder, 'octets.pkt')
    writeFileSync(path, octets)
    const { status, stdout, stderr } = command('lunadrill', ['run', path])
    expect({ status, stderr }).toEqual({ status: 2, stderr: '' })
    expect(stdout).toContain(says)
    expect(stdout.length).toBeLessThan(20_000)
  })
})
