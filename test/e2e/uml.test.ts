// Scripts on a Linux kernel in virtual time, by the built commands: docs/virtual-kernel.md. Skipped where none is built
// (lunadrill kernel build), and the faults where none with a planted bug is (node test/planted/main.mjs).
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listKernels } from '../../packages/engine/dist/index.js'
import { command, drill, environment, named, root, scratch } from '../support/drill.js'
import { hidden, noMounts } from '../support/hidden.js'

const { folder, script } = scratch()
const isBuilt = (name: string) => listKernels().some((kernel) => kernel.name === name)
/** Makes a kernel with planted bugs do what test/planted/urgent-faults.diff has for this number. */
const urgent = (pointer: number) => script(`${accepted}+.1 < PU. 1:1001(1000) ack 1 win 1000 urg ${pointer}\n`)
const PLANTED = 'planted-urgent-faults'
const CHECKED = `${PLANTED}-checked`

const guests = () => readdirSync('/dev/shm').filter((name) => name.startsWith('lunadrill-uml-'))
const others = guests()
/** Of this file's own: other runs may go on on this machine. */
const left = () => guests().filter((name) => !others.includes(name))

async function until(condition: () => boolean): Promise<boolean> {
  for (let i = 0; i < 400; i++) {
    if (condition()) return true
    await new Promise((done) => setTimeout(done, 50))
  }
  return false
}

const accepted = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1460>
+0 > S. 0:0(0) ack 1 <...>
+.1 < . 1:1(0) ack 1 win 1000
+0 accept(3, ..., ...) = 4
`

/** A guest's start is two seconds of a processor. */
const timeout = 60_000

describe.skipIf(!isBuilt('default'))(
  'a kernel in virtual time (skipped without: lunadrill kernel build)',
  { timeout },
  () => {
    it('passes what the machine’s kernel passes, in its own time, and leaves nothing', async () => {
      const path = script(`${accepted}+0 write(4, ..., 400) = 400
+0 > P. 1:401(400) ack 1
+.02 < . 1:1(0) ack 401 win 1000
+7200 < . 1:1(0) ack 401 win 1000
`)
      expect(drill('uml', path)).toMatchObject({ verdict: 'pass', stack: 'uml', clock: 'virtual', status: 0 })
      expect(await until(() => left().length === 0)).toBe(true)
    })

    it('is what packetdrill --uml tests', () => {
      const path = script(accepted)
      expect(command('packetdrill', ['--uml', path])).toEqual({ status: 0, stdout: '', stderr: '' })
      const wrong = command('packetdrill', ['--uml_kernel=default', script(accepted.replace('S.', 'S'))])
      expect(wrong.stdout + wrong.stderr).toMatch(/:5: error handling packet: live packet field tcp_ack/)
      expect(wrong.status).toBe(1)
    })

    it('gives the same octets of trace each time, from boot to boot and beside others', () => {
      const path = script(`${accepted}+0 write(4, ..., 400) = 400\n+0 > P. 1:401(400) ack 1\n+0 \`sleep 5\`\n`)
      const trace = (n: number) => {
        const file = join(folder, `trace-${n}`)
        const { status, stderr } = command('lunadrill', ['run', '--stack=uml', '--seed=7', `--trace=${file}`, path])
        expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
        return readFileSync(file, 'utf8')
      }
      const first = trace(0)
      expect(first).toMatch(/0\.1000\d\d {2}in .* \. 1:1\(0\) ack/)
      for (let n = 1; n < 3; n++) expect(trace(n)).toBe(first)
    })

    it('lets scripts use the host’s programs, and keeps what they write from the host and from the next run', () => {
      const word = join(folder, 'word')
      writeFileSync(word, 'before\n')
      const commands = `cat ${word}; echo after >${word}; cat ${word}; echo new >${folder}/new; echo >/dev/shm/x; ss -Htan sport = :8080 | grep -c LISTEN`
      const path = script(`${accepted}+0 \`${commands}\`\n+0 %{ print('python', tcpi_state) }%\n`)
      const { status, stdout } = command('lunadrill', ['run', '--stack=uml', path, path])
      expect(status).toBe(0)
      const said = ['before', 'after', '1', 'python 1']
      expect(stdout.split('\n').filter((line) => said.includes(line))).toEqual([...said, ...said])
      expect(readFileSync(word, 'utf8')).toBe('before\n')
      expect(existsSync(join(folder, 'new'))).toBe(false)
    })

    it('keeps a script from mounting the host’s files to write to them, where this machine has Landlock', () => {
      const mount = `mkdir /tmp/m && mount -t hostfs none /tmp/m -o ${folder} && ls /tmp/m >/dev/null && ! touch /tmp/m/touched`
      const { verdict } = drill('uml', script(`0 \`${mount}\`\n`))
      if (verdict === 'pass') expect(existsSync(join(folder, 'touched'))).toBe(false)
    })

    it('fails where the kernel does otherwise, with the place, the packets and the time', () => {
      const { verdict, line, message } = drill('uml', script(accepted.replace('ack 1 <', 'ack 2 <')))
      expect({ verdict, line }).toEqual({ verdict: 'fail', line: 5 })
      expect(message).toMatch(/ack +2 +1 +<-- differs/)
    })

    it('leaves nothing behind when the command is killed', async () => {
      const path = script(`${accepted}+0 \`while :; do :; done\`\n`)
      const child = spawn(join(root, 'lunadrill'), ['run', '--stack=uml', path], { env: environment, stdio: 'ignore' })
      expect(await until(() => left().some((name) => existsSync(join('/dev/shm', name, 'ready'))))).toBe(true)
      child.kill('SIGKILL')
      expect(await until(() => left().length === 0)).toBe(true)
    })
  },
)

describe.skipIf(!isBuilt('default'))('what is no kernel for scripts', { timeout }, () => {
  it.each([
    ['a program of another kind', '/bin/true', /\/bin\/true is no User Mode Linux/],
    ['a file that is not there', './no-such-kernel', /no such kernel: \.\/no-such-kernel/],
    ['a name that is not there', 'no-such-kernel', /no kernel no-such-kernel[\s\S]*built are: .*default/],
  ])('%s is one message, and exit status 2', (_what, word, says) => {
    const { status, stdout, stderr } = command('lunadrill', ['run', `--stack=uml:${word}`, script(accepted)])
    expect(status).toBe(2)
    expect(stdout + stderr).toMatch(says)
    expect(stderr).not.toMatch(/^\s+at /m)
  })
})

describe.skipIf(!isBuilt('default'))('a machine that has no room for a guest', { timeout }, () => {
  const expectRefusal = ({ status, stdout, stderr }: ReturnType<typeof hidden>, says: RegExp) => {
    expect(status).toBe(2)
    expect(stdout + stderr).toMatch(says)
    expect((stdout + stderr).trim().split('\n')).toHaveLength(2)
    expect(left()).toEqual([])
  }
  const run = () => `./lunadrill run --stack=uml ${script(accepted)}`

  it('forbids ptrace and seccomp', () => {
    const [program = '', ...args] = run().split(' ')
    const forbid = join(root, 'test/support/forbid.py')
    const ended = spawnSync('python3', [forbid, '101,317', program, ...args], { cwd: root, encoding: 'utf8' })
    expectRefusal(ended, /does not start: this machine does not let a process trace its own children[\s\S]*SYS_PTRACE/)
  })

  it.skipIf(noMounts)(named('runs no program from temporary files', noMounts), () => {
    const hide = 'mount -t tmpfs -o noexec none /dev/shm && mount -t tmpfs -o noexec none /mnt && export TMPDIR=/mnt'
    expectRefusal(hidden(hide, run()), /does not start: no program can be run from[\s\S]*TMPDIR=DIR/)
  })

  it.skipIf(noMounts)(named('has too little memory', noMounts), () => {
    const hide =
      'mount -t tmpfs -o size=48m none /dev/shm && mount -t tmpfs -o size=48m none /mnt && export TMPDIR=/mnt'
    expectRefusal(hidden(hide, run()), /does not start: there is too little memory[\s\S]*fewer --jobs/)
  })

  it.skipIf(noMounts)(named('runs out of memory within a script', noMounts), () => {
    const hide =
      'mount -t tmpfs -o size=160m none /dev/shm && mount -t tmpfs -o size=160m none /mnt && export TMPDIR=/mnt'
    const path = script(`${accepted}+0 \`head -c 200M /dev/zero >zeros\`\n`)
    const { status, stdout } = hidden(hide, `./lunadrill run --stack=uml ${path}`)
    expect(stdout).toMatch(/^error .*\n.*:8:1: error: this machine has no memory left for the guest/)
    expect(status).toBe(2)
  })
})

describe.skipIf(!isBuilt(PLANTED))(
  'a kernel with a bug (skipped without: node test/planted/main.mjs)',
  { timeout },
  () => {
    it('is a crash with the line and the kernel’s own words, and the next run gets a new guest', () => {
      const faults = [urgent(1003), urgent(1001), urgent(1002), urgent(1005)]
      const sound = script(accepted)
      const { stdout, status } = command('lunadrill', [
        ...['run', `--stack=uml:${PLANTED}`, '--reporter=json'],
        ...faults.flatMap((path) => [path, sound]),
      ])
      const runs = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as ReturnType<typeof drill>)
      const crash = { verdict: 'crash', line: 8 }
      const pass = { verdict: 'pass', line: null }
      expect(runs.map(({ verdict, line }) => ({ verdict, line }))).toEqual(faults.flatMap(() => [crash, pass]))
      expect(status).toBe(1)
      const said = runs.filter(({ verdict }) => verdict === 'crash').map(({ fault }) => fault?.words ?? '')
      expect(said[0]).toMatch(/^WARNING: net\/ipv4\/tcp_input\.c:\d+ at tcp_urg/)
      expect(said[1]).toMatch(/Kernel mode fault at addr 0x0/)
      expect(said[2]).toMatch(/^BUG: failure at net\/ipv4\/tcp_input\.c/)
      expect(said[3]).toMatch(/Kernel panic - not syncing: planted/)
      for (const words of said) expect(words).toMatch(/tcp_rcv_established/)
    })

    it('is a hang where it computes without end', () => {
      const { verdict, line } = drill(`uml:${PLANTED}`, urgent(1004), '--hang_timeout=1')
      expect({ verdict, line }).toEqual({ verdict: 'hang', line: 8 })
    })
  },
)

describe.skipIf(!isBuilt(CHECKED))(
  'a kernel with checks and a bug (skipped without: node test/planted/main.mjs --checks urgent-faults)',
  { timeout },
  () => {
    it.each([
      ['KASAN', 1006, /^BUG: KASAN: slab-use-after-free in tcp_urg/],
      ['lockdep', 1007, /^WARNING: possible circular locking dependency detected/],
      ['UBSAN', 1008, /^UBSAN: shift-out-of-bounds in .*net\/ipv4\/tcp_input\.c/],
    ])('%s reports it as a crash of the line', (_check, pointer, says) => {
      const { verdict, line, fault } = drill(`uml:${CHECKED}`, urgent(pointer))
      expect({ verdict, line }).toEqual({ verdict: 'crash', line: 8 })
      expect(fault?.words).toMatch(says)
    })

    it('passes what is sound', () => {
      expect(drill(`uml:${CHECKED}`, script(accepted))).toMatchObject({ verdict: 'pass' })
    })
  },
)
