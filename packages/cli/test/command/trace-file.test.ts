import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TraceFile } from '../../src/command/trace-file.js'
import { pass } from '../support/result.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lunadrill-trace-'))
})
afterEach(() => {
  chmodSync(folder, 0o700)
  rmSync(folder, { recursive: true })
})

const failed = { ...pass, script: 'b.pkt', verdict: 'fail', line: 7, trace: ['0.000000  line  7: x'] } as const
const written = (path: string) => {
  const file = new TraceFile(path)
  file.add({ ...pass, trace: ['0.000000  call  socket -1 = 3', '0.100000  call  close 3 = 0'] })
  file.add(failed)
  file.write()
}
const text = `# ${pass.script}  ${pass.stack}  ipv4  wall  pass
0.000000  call  socket -1 = 3
0.100000  call  close 3 = 0
# b.pkt  ${pass.stack}  ipv4  wall  fail at line 7
0.000000  line  7: x
`

it('holds the runs in their order, and nothing of before', () => {
  const path = join(folder, 'trace')
  writeFileSync(path, 'a longer text that was there before'.repeat(99))
  written(path)
  expect(readFileSync(path, 'utf8')).toBe(text)
  expect(readdirSync(folder)).toEqual(['trace'])
})

it('is not there before the end', () => {
  const path = join(folder, 'trace')
  new TraceFile(path).add(failed)
  expect(readdirSync(folder)).toEqual([])
})

it('leaves a link a link, and writes to what it names', () => {
  const [path, target] = [join(folder, 'link'), join(folder, 'target')]
  writeFileSync(target, '')
  symlinkSync(target, path)
  written(path)
  expect(lstatSync(path).isSymbolicLink()).toBe(true)
  expect(readFileSync(target, 'utf8')).toBe(text)
})

it('leaves a device a device', () => {
  const before = lstatSync('/dev/null')
  written('/dev/null')
  expect(lstatSync('/dev/null')).toMatchObject({ ino: before.ino, mode: before.mode, rdev: before.rdev })
})

describe('is refused before the first run', () => {
  it.each([
    ['a folder', () => folder, 'it is a folder'],
    ['a folder that is not there', () => join(folder, 'nowhere/trace'), 'ENOENT'],
  ])('for %s', (_what, path, why) => {
    expect(() => new TraceFile(path())).toThrow(
      expect.objectContaining({ name: 'UsageError', message: expect.stringContaining(why) }),
    )
  })

  const root = process.getuid?.() === 0
  it.skipIf(root)(`for a folder that may not be written${root ? ' (skipped: root may write anywhere)' : ''}`, () => {
    const closed = join(folder, 'closed')
    mkdirSync(closed, { mode: 0o500 })
    expect(() => new TraceFile(join(closed, 'trace'))).toThrow('EACCES')
  })
})
