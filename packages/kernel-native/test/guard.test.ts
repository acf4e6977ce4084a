import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { guardPath } from '../src/index.js'

const guard = guardPath()
const here = dirname(fileURLToPath(import.meta.url))
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))
let unique = 0
/** A duration that no other sleep on the machine has, to find the process by. */
const mark = () => `${300000 + process.pid}.${++unique}`

function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text) && stateOf(Number(pid)) !== 'Z'
      } catch {
        return false
      }
    })
    .map(Number)
}

function stateOf(pid: number): string {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '')[0] ?? ''
}

async function until(condition: () => boolean): Promise<boolean> {
  for (let i = 0; i < 200; i++) {
    if (condition()) return true
    await pause(25)
  }
  return false
}

const run = (args: string[], extra = {}) => spawnSync(guard, args, { encoding: 'utf8', ...extra })
const asNobody = (command: string) => spawnSync('su', ['-s', '/bin/sh', 'nobody', '-c', command], { encoding: 'utf8' })

describe('lunadrill-guard', () => {
  it('exits as the program does', () => {
    expect(run(['--', 'sh', '-c', 'exit 42']).status).toBe(42)
    expect(run(['--', 'true']).status).toBe(0)
  })

  it('dies by the signal that the program died by, and says nothing', () => {
    const { signal, stderr } = run(['--', 'sh', '-c', 'kill -SEGV $$'])
    expect({ signal, stderr }).toEqual({ signal: 'SIGSEGV', stderr: '' })
  })

  it('lets no program leave a core file', () => {
    const { stdout } = spawnSync('sh', ['-c', `ulimit -S -c $(ulimit -H -c); exec ${guard} -- sh -c 'ulimit -S -c'`], {
      encoding: 'utf8',
    })
    expect(stdout).toBe('0\n')
  })

  it('has its own exit statuses', () => {
    expect(run(['--netns=nonsense', '--', 'true'])).toMatchObject({ status: 125 })
    expect(run(['--'])).toMatchObject({ status: 125 })
    const missing = run(['--', './no-such-program'])
    expect(missing.status).toBe(127)
    expect(missing.stderr).toMatch(/^lunadrill-guard: LD_GUARD_EXEC: cannot run \.\/no-such-program/)
  })

  it('gives a program a folder of its own, the only one that it may change, and removes it', () => {
    const room = mkdtempSync(join(tmpdir(), 'lunadrill-room-'))
    const outside = mkdtempSync(join(tmpdir(), 'lunadrill-outside-'))
    const script = `mkdir ${room}/in && echo word >${room}/in/file && cat ${room}/in/file
      echo word >${outside}/file; mkdir ${outside}/in; echo word >/dev/null && echo null`
    const { stdout, stderr, status } = run(['--netns=host', `--room=${room}`, '--', 'sh', '-c', script])
    expect({ stdout, status }).toEqual({ stdout: 'word\nnull\n', status: 0 })
    // Where this kernel has no Landlock, nothing is refused.
    if (/denied/.test(stderr)) expect(readdirSync(outside)).toEqual([])
    expect(existsSync(room)).toBe(false)
    rmSync(outside, { recursive: true })
  })

  it('removes the folder also where it is told to end, or is killed itself', async () => {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const room = mkdtempSync(join(tmpdir(), 'lunadrill-room-'))
      const script = `echo >${room}/here; exec sleep ${mark()}`
      const guarded = spawn(guard, ['--netns=host', `--room=${room}`, '--', 'sh', '-c', script])
      expect(await until(() => existsSync(join(room, 'here')))).toBe(true)
      guarded.kill(signal)
      expect(await until(() => !existsSync(room))).toBe(true)
    }
  })

  it.each(['private', 'prefer'])('enters a namespace of its own with lo up (%s)', (mode) => {
    const { stdout, status } = run([
      `--netns=${mode}`,
      '--',
      'sh',
      '-c',
      'cat /proc/net/dev /sys/class/net/lo/flags; echo $LUNADRILL_NETNS',
    ])
    expect(status).toBe(0)
    expect(stdout).not.toMatch(/eth|tun/)
    expect(stdout).toMatch(/private\n$/)
  })

  it('stays in the host namespace when told', () => {
    const link = 'readlink /proc/self/ns/net; echo $LUNADRILL_NETNS'
    const host = spawnSync('sh', ['-c', link], { encoding: 'utf8' }).stdout.split('\n')[0]
    expect(run(['--netns=host', '--', 'sh', '-c', link]).stdout).toBe(`${host}\nhost\n`)
    expect(run(['--', 'sh', '-c', link]).stdout).not.toContain(`${host}`)
  })

  it('kills background grandchildren when the program ends', async () => {
    const seconds = mark()
    expect(
      run(['--', 'sh', '-c', `(setsid sleep ${seconds} & sleep ${seconds} &) ; exit 3`], { stdio: 'ignore' }).status,
    ).toBe(3)
    expect(processesWith(seconds)).toEqual([])
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'kills everything on %s and exits with 128 + its number',
    async (signal) => {
      const seconds = mark()
      const child = spawn(guard, ['--', 'sh', '-c', `sleep ${seconds} & sleep ${seconds}`], { stdio: 'ignore' })
      expect(await until(() => processesWith(`sleep\0${seconds}`).length === 2)).toBe(true)
      const ended = new Promise((done) => child.once('exit', (status) => done(status)))
      child.kill(signal)
      expect(await ended).toBe({ SIGTERM: 143, SIGINT: 130, SIGHUP: 129 }[signal])
      expect(processesWith(seconds)).toEqual([])
    },
  )

  it('leaves nothing after SIGKILL of the program', async () => {
    const seconds = mark()
    const child = spawn(guard, ['--', 'sh', '-c', `sleep ${seconds} & echo $$; sleep ${seconds}`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const program = await new Promise<number>((done) => child.stdout.once('data', (text) => done(Number(text))))
    const ended = new Promise((done) => child.once('exit', (_, signal) => done(signal)))
    process.kill(program, 'SIGKILL')
    expect(await ended).toBe('SIGKILL')
    expect(processesWith(seconds)).toEqual([])
  })

  it('leaves nothing after SIGKILL of the guard, or of the guard below it', async () => {
    for (const victim of ['outer', 'inner']) {
      const seconds = mark()
      const script = `echo $PPID; sleep ${seconds} & sleep ${seconds}`
      const child = spawn(guard, ['--', 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'ignore'] })
      const inner = await new Promise<number>((done) => child.stdout.once('data', (text) => done(Number(text))))
      expect(await until(() => processesWith(`sleep\0${seconds}`).length === 2)).toBe(true)
      process.kill(victim === 'outer' ? child.pid! : inner, 'SIGKILL')
      expect(await until(() => processesWith(seconds).length === 0)).toBe(true)
    }
  })

  it('leaves nothing after SIGKILL of its parent', async () => {
    const seconds = mark()
    const script = `require('node:child_process').spawn(process.argv[1], ['--', 'sh', '-c', 'sleep ${seconds} & sleep ${seconds}'], { stdio: 'ignore' }); setInterval(() => {}, 1000)`
    const parent = spawn(process.execPath, ['-e', script, guard], { stdio: 'ignore' })
    expect(await until(() => processesWith(`sleep\0${seconds}`).length === 2)).toBe(true)
    parent.kill('SIGKILL')
    expect(await until(() => processesWith(seconds).length === 0)).toBe(true)
  })

  it("hands Node's IPC channel through, and keeps no copy of it", async () => {
    const script =
      "process.on('message', (m) => { process.send({ got: m }); process.disconnect(); setInterval(() => {}, 1000) })"
    const child = spawn(guard, ['--', process.execPath, '-e', script], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    child.send('hello')
    expect(await new Promise((done) => child.once('message', done))).toEqual({ got: 'hello' })
    // The program has closed its end and lives on: only a copy in the guard could hold the channel open.
    await new Promise<void>((done) => (child.connected ? child.once('disconnect', () => done()) : done()))
    const ended = new Promise((done) => child.once('exit', done))
    child.kill('SIGTERM')
    expect(await ended).toBe(143)
  })
})

const opens = `node ${join(here, 'support/open.mjs')}`

/** Why nobody cannot be had here. Root of a user namespace has no nobody to become; in a chroot there are no namespaces. */
function noNobody(): string | undefined {
  if (asNobody('true').status !== 0) return 'needs root to become nobody'
  if (asNobody(`test -x ${guard} && test -r ${join(here, '../dist/index.js')}`).status !== 0) {
    return 'nobody may not read this folder, or dist is not built'
  }
  if (asNobody('unshare --user --net true').status !== 0) return 'nobody may not have a user namespace'
  return spawnSync('unshare', ['--mount', 'true']).status === 0 ? undefined : 'no mount namespace is allowed here'
}
const reason = noNobody()
describe.skipIf(reason)(reason ? `as user nobody (skipped: ${reason})` : 'as user nobody', () => {
  it('makes a kernel host through a user namespace', () => {
    const { stdout, stderr, status } = asNobody(`${guard} -- ${opens}`)
    // On a machine where /dev/net/tun is root's alone, the answer is the message about it.
    const readable = asNobody('test -w /dev/net/tun').status === 0
    if (readable) expect({ stdout, stderr, status }).toEqual({ stdout: 'open private\n', stderr: '', status: 0 })
    else expect(stdout).toMatch(/^LD_TUN_PERMISSION/)
  })

  it('says LD_NETNS_PERMISSION without the guard', () => {
    expect(asNobody(opens).stdout).toMatch(/^LD_NETNS_PERMISSION EPERM unshare no permission for a network namespace/)
  })

  it('says LD_USERNS where user namespaces are forbidden, and prefer goes on without', () => {
    // Nested namespaces of their own count against a limit that only they have.
    const limited = (mode: string) =>
      spawnSync(
        'unshare',
        [
          '--user',
          '--map-root-user',
          'sh',
          '-c',
          `echo 0 > /proc/sys/user/max_user_namespaces && echo 0 > /proc/sys/user/max_net_namespaces && exec ${guard} --netns=${mode} -- sh -c 'echo $LUNADRILL_NETNS'`,
        ],
        { encoding: 'utf8' },
      )
    const forbidden = limited('private')
    expect(forbidden.status).toBe(125)
    expect(forbidden.stderr).toMatch(/^lunadrill-guard: LD_USERNS: no private network namespace.*sysctl.*\n$/)
    expect(limited('prefer')).toMatchObject({ status: 0, stdout: 'host\n' })
  })

  // A mount namespace with a /dev/net of its own: nothing of the machine is touched.
  const withDevNet = (prepare: string) =>
    spawnSync(
      'unshare',
      [
        '--mount',
        'sh',
        '-c',
        `mount -t tmpfs -o mode=755 none /dev/net && ${prepare} && exec su -s /bin/sh nobody -c '${guard} -- ${opens}'`,
      ],
      { encoding: 'utf8' },
    ).stdout

  it('says LD_TUN_PERMISSION where /dev/net/tun is root’s alone', () => {
    expect(withDevNet('mknod -m 0600 /dev/net/tun c 10 200')).toMatch(
      /^LD_TUN_PERMISSION EACCES open no permission for \/dev\/net\/tun: 'chmod 0666 \/dev\/net\/tun' as root/,
    )
  })

  it('says LD_TUN_MISSING where there is none', () => {
    expect(withDevNet('true')).toMatch(/^LD_TUN_MISSING ENOENT open no \/dev\/net\/tun: load it with 'modprobe tun'/)
  })
})
