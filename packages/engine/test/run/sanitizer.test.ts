import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { preloading, restoreEnvironment, sanitizerRuntimes, usesAddressSanitizer } from '../../src/run/sanitizer.js'

const folder = mkdtempSync(join(tmpdir(), 'sanitizer-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const source = join(folder, 'object.c')
writeFileSync(source, 'int numbers[4]; int at(int i) { return numbers[i]; }\n')
let count = 0
function object(...flags: string[]): string {
  const path = join(folder, `${count++}.so`)
  execFileSync('gcc', ['-shared', '-fPIC', source, '-o', path, ...flags])
  return path
}

const plain = object()
const asan = object('-fsanitize=address')
const both = object('-fsanitize=undefined,address')

describe('an object', () => {
  it('without a sanitizer needs no library first', () => {
    for (const path of [plain, source, join(folder, 'missing.so')]) {
      expect(usesAddressSanitizer(path)).toBe(false)
      expect(sanitizerRuntimes(path, true)).toEqual([])
      expect(sanitizerRuntimes(path, false)).toEqual([])
    }
  })

  it("with AddressSanitizer needs its runtime, and UBSan's behind it", () => {
    expect(usesAddressSanitizer(asan)).toBe(true)
    expect(sanitizerRuntimes(asan, true)).toEqual([
      expect.stringMatching(/^\/.*\/libasan\.so\.\d+$/),
      expect.stringMatching(/\/lunadrill-sanitizer\.so$/),
    ])
    expect(sanitizerRuntimes(both, true)).toEqual([
      expect.stringMatching(/^\/.*\/libasan\.so\.\d+$/),
      expect.stringMatching(/\/lunadrill-sanitizer\.so$/),
      expect.stringMatching(/^\/.*\/libubsan\.so\.\d+$/),
    ])
  })

  it.each([
    ['with AddressSanitizer where that was not asked for', asan, false, /is built with AddressSanitizer/, /run --asan/],
    [
      'that names no runtime',
      object('-fsanitize=address', '-nodefaultlibs'),
      true,
      /name its runtime/,
      /-shared-libasan/,
    ],
    [
      'that leaves the runtime to the program',
      object('-fsanitize=address', '-static-libasan'),
      true,
      /name its/,
      /without -static/,
    ],
    ['with ThreadSanitizer', object('-fsanitize=thread'), true, /needs libtsan\.so\.\d+, which/, /without a sanitizer/],
  ])('%s is refused', (_what, path, allowed, message, remedy) => {
    let thrown: unknown
    try {
      sanitizerRuntimes(path, allowed)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({
      code: 'LD_STACK_SANITIZER',
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    })
  })

  it('that was built anew is looked at anew', () => {
    const path = object()
    expect(usesAddressSanitizer(path)).toBe(false)
    execFileSync('gcc', ['-shared', '-fPIC', '-fsanitize=address', source, '-o', path])
    expect(usesAddressSanitizer(path)).toBe(true)
  })
})

describe('the words before a program', () => {
  it('are none where no library comes first', () => {
    expect(preloading([], {})).toEqual([])
  })

  it("keep the user's own, and what must be stands behind them", () => {
    const words = preloading(['/lib/a.so', '/lib/b.so'], { LD_PRELOAD: '/lib/c.so', ASAN_OPTIONS: 'halt_on_error=0' })
    expect(words[0]).toBe('env')
    expect(words).toContain('LD_PRELOAD=/lib/a.so:/lib/b.so:/lib/c.so')
    expect(words.find((word) => word.startsWith('ASAN_OPTIONS='))).toMatch(/:halt_on_error=0:.*halt_on_error=1/)
  })

  it('are taken back for what the program starts', () => {
    const before = { LD_PRELOAD: '/lib/c.so', UBSAN_OPTIONS: '', HOME: '/root' }
    const words = preloading(['/lib/a.so'], before).slice(1)
    const inside = { ...before, ...Object.fromEntries(words.map((word) => word.split(/=(.*)/s, 2))) }
    expect(inside).not.toEqual(before)
    restoreEnvironment(inside)
    expect(inside).toEqual(before)
    restoreEnvironment(inside)
    expect(inside).toEqual(before)
  })
})
