// `lunadrill stack-init`: what it makes builds with nothing but make and a compiler, and passes its own example at once.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { command, drill, environment, named, noLwip, root, scratch } from '../support/drill.js'

const { folder, script } = scratch()
const init = (args: readonly string[], cwd = folder) => command('lunadrill', ['stack-init', ...args], { cwd })
const make = (project: string, ...args: string[]) =>
  spawnSync('make', ['-C', project, ...args], { encoding: 'utf8', env: environment, timeout: 60_000 })

describe.skipIf(noLwip)(named('a new adapter', noLwip), () => {
  it('builds without a warning and passes its own test', () => {
    expect(init(['acme'])).toMatchObject({ status: 0, stderr: '' })
    const { status, stdout, stderr } = make(join(folder, 'acme'), 'check', 'CFLAGS=-O2 -g -Werror -Wconversion')
    expect(status, stdout + stderr).toBe(0)
    expect(stdout).toContain('1 run: 1 pass')
    expect(stdout).toContain('it conforms')
    expect(readdirSync(join(folder, 'acme')).toSorted()).toEqual([
      '.gitignore',
      'Makefile',
      'README.md',
      'adapter.c',
      'example.pkt',
      'libacme.so',
      'luna_stack.h',
      'tiny-ip.c',
      'tiny-ip.h',
    ])
    const header = readFileSync(join(folder, 'acme/luna_stack.h'), 'utf8')
    expect(header).toBe(readFileSync(join(root, 'packages/dpdk-native/include/luna_stack.h'), 'utf8'))
  }, 60_000)

  it('has a test that can fail', () => {
    const libacme = join(folder, 'acme/libacme.so')
    const example = readFileSync(join(folder, 'acme/example.pkt'), 'utf8')
    const broken = script(example.replace('> udp (100)', '> udp (101)'))
    expect(drill(libacme, broken)).toMatchObject({ verdict: 'fail' })
  })

  it('is skipped by a script that needs more than it has, by what it lacks', () => {
    const stream = script('0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n')
    expect(drill(join(folder, 'acme/libacme.so'), stream)).toMatchObject({
      verdict: 'skip',
      message: expect.stringContaining('stack lacks TCP'),
    })
  })
})

describe('lunadrill stack-init', () => {
  it('refuses a name that no stack can have', () => {
    const before = readdirSync(folder)
    const { status, stdout, stderr } = init(['../acme'])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain('cannot be the name of a stack\n  It begins with a letter')
    expect(stderr.trim().split('\n')).toHaveLength(2)
    expect(readdirSync(folder)).toEqual(before)
  })

  it('leaves alone what is there', () => {
    writeFileSync(join(folder, 'taken'), 'mine')
    mkdirSync(join(folder, 'full'))
    writeFileSync(join(folder, 'full/adapter.c'), 'mine')
    for (const name of ['taken', 'full']) {
      const refused = {
        status: 2,
        stdout: '',
        stderr: `error: ${join(folder, name)} is there already: choose another --dir\n`,
      }
      expect(init([name])).toEqual(refused)
      expect(init(['other', `--dir=${name}`])).toEqual(refused)
    }
    expect(readFileSync(join(folder, 'taken'), 'utf8')).toBe('mine')
    expect(readdirSync(join(folder, 'full'))).toEqual(['adapter.c'])
  })

  it('leaves no half of a folder', () => {
    const { status, stderr } = init(['fresh', '--dir=nowhere/fresh'])
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: `error: ${join(folder, 'nowhere/fresh')} cannot be made: there is no folder to put it into\n`,
    })
    expect(init(['fresh', '--dir=taken/fresh']).status).toBe(2)
    expect(readdirSync(folder).filter((name) => /fresh|nowhere|^\./.test(name))).toEqual([])
  })
})
