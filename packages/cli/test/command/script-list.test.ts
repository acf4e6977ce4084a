import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isFor, listScripts } from '../../src/command/script-list.js'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lunadrill-test-'))
  mkdirSync(join(folder, 'a/b'), { recursive: true })
  mkdirSync(join(folder, 'empty'))
  const files = {
    'z.pkt': '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n\n// stacks: lwip, lwip-sack\n',
    'a/b/one.pkt': '  // stacks: kernel\n0 `true`\n',
    'a/any.pkt': '0 `true` // stacks: lwip\n',
    'a/helper.sh': '',
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  symlinkSync(folder, join(folder, 'a/round'))
})

afterEach(() => rmSync(folder, { recursive: true }))

describe('operands', () => {
  it('that are folders stand for the scripts below them, by name, with the stacks that these are for', () => {
    const at = (name: string) => join(folder, name)
    expect(listScripts([at('z.pkt'), folder])).toEqual([
      // Named itself: wherever it is told to.
      { path: at('z.pkt'), stacks: null },
      { path: at('a/any.pkt'), stacks: null },
      { path: at('a/b/one.pkt'), stacks: ['kernel'] },
      { path: at('z.pkt'), stacks: ['lwip', 'lwip-sack'] },
    ])
  })

  it('that are folders without scripts are refused; what is not there is for the run to tell', () => {
    const empty = join(folder, 'empty')
    expect(() => listScripts([empty])).toThrow(`error: no scripts (*.pkt) in ${empty}`)
    expect(listScripts(['absent.pkt'])).toEqual([{ path: 'absent.pkt', stacks: null }])
  })
})

describe('a script', () => {
  it.each([
    [null, ['kernel', 'uml', 'lwip', './x.so'], []],
    [['lwip'], ['lwip'], ['lwip-sack', 'kernel', 'uml', './x.so']],
    [['kernel'], ['kernel', 'uml', 'uml:after'], ['lwip', './x.so']],
    [['uml'], ['uml', 'uml:after'], ['kernel', 'lwip']],
    [['userspace'], ['lwip', 'lwip-sack', './x.so'], ['kernel', 'uml']],
  ])('for %j is for %j and not for %j', (stacks, those, others) => {
    expect(those.map((word) => isFor({ path: 'x', stacks }, word))).toEqual(those.map(() => true))
    expect(others.map((word) => isFor({ path: 'x', stacks }, word))).toEqual(others.map(() => false))
  })
})
