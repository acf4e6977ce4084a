import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { childrenCpuUs, mapShared } from '../src/index.js'

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
