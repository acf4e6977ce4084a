import { describe, expect, it } from 'vitest'
import { stackProject } from '../../src/stack-project/project.js'

const textOf = (file: string, name = 'acme', lunadrill = '/opt/lunadrill') =>
  stackProject(name, lunadrill).find((each) => each.name === file)?.text ?? ''

describe('a new project', () => {
  it('is called as it was asked for, in all its files', () => {
    expect(textOf('adapter.c')).toContain('.name = "acme",')
    expect(textOf('Makefile')).toContain('LUNADRILL ?= /opt/lunadrill\n')
    for (const { text } of stackProject('acme', '/x')) expect(text).not.toMatch(/@[A-Z]+@/)
  })

  it('writes what make would take for its own', () => {
    expect(textOf('Makefile', 'acme', '/a b/$x#/lunadrill')).toContain('LUNADRILL ?= /a b/$$x\\#/lunadrill\n')
  })

  it.each(['', '9lives', 'a b', '../a', 'ü', 'a/b', 'a\n', 'a'.repeat(65)])('has no name %j', (name) => {
    expect(() => stackProject(name, '/x')).toThrow(expect.objectContaining({ code: 'LD_STACK_NAME' }))
  })
})
