import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { stackChoice, stackObject } from '../../src/command/stack-lookup.js'

const directory = mkdtempSync(join(tmpdir(), 'stack-'))
afterAll(() => rmSync(directory, { recursive: true }))
const script = join(directory, 'scripts/a.pkt')
mkdirSync(join(directory, 'scripts/folder.so'), { recursive: true })
writeFileSync(join(directory, 'mine.so'), '')
writeFileSync(join(directory, 'scripts/beside.so'), '')
const builtin = (file: string) => (file === 'libluna.so' ? '/built/libluna.so' : undefined)
const nothingBuilt = () => undefined

describe('a stack object', () => {
  it('is a path first', () => {
    const path = join(directory, 'mine.so')
    expect(stackObject(path, script, builtin)).toEqual({ kind: 'userspace', name: path, soPath: path })
  })

  it('is looked for beside the script next', () => {
    const soPath = join(directory, 'scripts/beside.so')
    expect(stackObject('beside.so', script, builtin)).toEqual({ kind: 'userspace', name: 'beside.so', soPath })
  })

  it('is one of the built-in ones last', () => {
    const soPath = '/built/libluna.so'
    expect(stackObject('libluna.so', script, builtin)).toEqual({ kind: 'userspace', name: 'libluna.so', soPath })
  })

  it('is no folder', () => {
    expect(() => stackObject('folder.so', script, builtin)).toThrow('error: no such stack object: folder.so')
  })

  it('that is nowhere is reported with all places', () => {
    expect(() => stackObject('none.so', script, builtin)).toThrow(
      [
        'error: no such stack object: none.so',
        `  looked for ${join(process.cwd(), 'none.so')}`,
        `  looked for ${join(directory, 'scripts/none.so')}`,
        '  looked among the built-in stacks (libluna.so)',
      ].join('\n'),
    )
    expect(() => stackObject('/none.so', script, nothingBuilt)).toThrow(
      '  looked for /none.so\n  looked among the built-in stacks (none is built: npm run setup)',
    )
  })
})

describe('a word of --stack', () => {
  it('names the kernel, lwip or an object', () => {
    expect(stackChoice('kernel', script, nothingBuilt)).toEqual({ kind: 'kernel', name: 'kernel' })
    expect(stackChoice('lwip', script, builtin)).toEqual({
      kind: 'userspace',
      name: 'lwip',
      soPath: '/built/libluna.so',
    })
    expect(stackChoice('beside.so', script, builtin)).toMatchObject({ name: 'beside.so' })
    expect(() => stackChoice('libx.so.2', script, builtin)).toThrow('no such stack object')
  })

  it('is refused with what there is', () => {
    expect(() => stackChoice('luna', script, builtin)).toThrow(
      'error: no such stack: luna (kernel, uml, lwip, lwip-sack, lwip-packetdrill, or',
    )
    expect(() => stackChoice('lwip', script, nothingBuilt)).toThrow('run npm run setup')
    expect(() => stackChoice('lwip-sack', script, builtin)).toThrow(
      'lwip-sack is not built: run npm run setup, which says why',
    )
  })
})
