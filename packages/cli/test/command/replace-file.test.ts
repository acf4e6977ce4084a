import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { replaceFile } from '../../src/command/replace-file.js'

const folder = mkdtempSync(join(tmpdir(), 'replace-'))
afterAll(() => rmSync(folder, { recursive: true }))

it('replaces the file by another one, and keeps its mode', () => {
  const path = join(folder, 'a')
  writeFileSync(path, 'old')
  chmodSync(path, 0o4711)
  const { ino } = statSync(path)
  replaceFile(path, Buffer.from('new'))
  expect(readFileSync(path, 'utf8')).toBe('new')
  expect(statSync(path).mode & 0o7777).toBe(0o4711)
  expect(statSync(path).ino).not.toBe(ino)
})

it('leaves all as it was where it cannot', () => {
  const path = join(folder, 'b')
  writeFileSync(path, 'old')
  // The temporary file's name is taken.
  const taken = join(folder, `.b.${process.pid}.tmp`)
  writeFileSync(taken, '')
  expect(() => replaceFile(path, Buffer.from('new'))).toThrow('EEXIST')
  expect(readFileSync(path, 'utf8')).toBe('old')
  rmSync(taken)
  expect(() => replaceFile(join(folder, 'missing'), Buffer.from('new'))).toThrow('ENOENT')
  expect(readdirSync(folder).sort()).toEqual(['a', 'b'])
})
