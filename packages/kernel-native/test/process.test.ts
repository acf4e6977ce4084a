import { spawnSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { childrenCpuUs, mapShared, runChild } from '../src/index.js'

describe('process services', () => {
  it('maps a file shared, past the closing of its descriptor', () => {
    const directory = mkdtempSync(join(tmpdir(), 'lunadrill-'))
    const path = join(directory, 'page')
    writeFileSync(path, new Uint8Array(4096))
    const fd = openSync(path, 'r+')
    const page = new Uint8Array(mapShared(fd, 4096))
    closeSync(fd)
    page[100] = 42
    expect(readFileSync(path)[100]).toBe(42)
    rmSync(directory, { recursive: true })
    expect(() => mapShared(9999, 4096)).toThrow(expect.objectContaining({ code: 'LD_MAP', syscall: 'mmap' }))
  })

  it('runs a program that leads a session, with the descriptors it is given, and gives its status', () => {
    const directory = mkdtempSync(join(tmpdir(), 'lunadrill-'))
    const [first, second] = ['first', 'second'].map((name) => openSync(join(directory, name), 'w+')) as [number, number]
    // Crosswise: none may be overwritten before it has been handed on.
    const descriptors = [0, 1, 2, second, first]
    const run = (text: string, timeoutMs = -1) =>
      runChild({ program: 'sh', args: ['sh', '-c', text], environment: ['WORD=a b'], descriptors }, timeoutMs)
    expect(run('echo "$WORD" >&3; ps -o sess= -p $$ | tr -d " " >&4; echo $$ >&4; exit 7')).toEqual({
      waitStatus: 7 << 8,
      timedOut: false,
    })
    expect(readFileSync(join(directory, 'second'), 'utf8')).toBe('a b\n')
    const [session, pid] = readFileSync(join(directory, 'first'), 'utf8').split('\n')
    expect(session).toBe(pid)
    expect(run('ulimit -c 0; kill -SEGV $$').waitStatus & 0x7f).toBe(11)
    expect(run('trap "" TERM; sleep 60 & sleep 60', 20)).toEqual({ waitStatus: 9, timedOut: true })
    // What Node has made a pipe of its own waits again for a program.
    const pipe = spawnSync('mkfifo', [join(directory, 'pipe')]).status === 0 && join(directory, 'pipe')
    const loose = openSync(pipe as string, constants.O_RDWR | constants.O_NONBLOCK)
    const flags = () =>
      Number.parseInt(/flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${loose}`, 'utf8'))?.[1] ?? '', 8)
    expect(flags() & constants.O_NONBLOCK).not.toBe(0)
    runChild({ program: 'true', args: ['true'], environment: [], descriptors: [0, loose, 2] }, -1)
    expect(flags() & constants.O_NONBLOCK).toBe(0)
    for (const fd of [first, second, loose]) closeSync(fd)
    rmSync(directory, { recursive: true })
  })

  it.each([
    [{ program: '/no/such/program' }, expect.objectContaining({ code: 'LD_SPAWN', syscall: 'posix_spawn', errno: 2 })],
    [{ descriptors: [0, 99_999] }, expect.objectContaining({ code: 'LD_SPAWN', syscall: 'fcntl' })],
    [{ descriptors: Array(100).fill(0) }, expect.objectContaining({ code: 'LD_ARGUMENT' })],
    [{ args: [1] }, expect.objectContaining({ code: 'LD_ARGUMENT' })],
    [{ environment: null }, expect.objectContaining({ code: 'LD_ARGUMENT' })],
  ])('refuses to run %j', (wrong, error) => {
    const order = { program: 'true', args: ['true'], environment: [], descriptors: [0, 1, 2], ...wrong } as never
    expect(() => runChild(order, -1)).toThrow(error)
  })

  it('counts the time of ended children', () => {
    const before = childrenCpuUs()
    spawnSync(process.execPath, ['-e', '0'])
    expect(childrenCpuUs() - before).toBeGreaterThan(5000)
  })

  it('raises priority where it may and survives garbage collection afterwards', () => {
    // In a process of its own: a real-time test runner would disturb its neighbours. mlockall would abort this one.
    const script = `
      import { raisePriority } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)}
      const raised = raisePriority()
      for (let i = 0; i < 60; i++) globalThis.kept = Array.from({ length: 20000 }, (_, n) => ({ n, s: 'x' + n }))
      console.log(JSON.stringify(raised))`
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      scheduler: expect.stringMatching(/^(fifo|other)$/),
      locked: expect.any(Boolean),
    })
  })
})
