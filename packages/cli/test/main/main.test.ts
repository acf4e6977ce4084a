// The launchers in the root as a user calls them; what needs a stack is in test/e2e. Needs dist.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { commandUsage, lunadrillUsage, packetdrillUsage, synopsis } from '../../src/args/usage.js'

const root = fileURLToPath(new URL('../../../..', import.meta.url))

function call(program: string, args: readonly string[], cwd = root) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' })
  return { status, stdout, stderr }
}

describe('packetdrill', () => {
  it('answers an unknown flag with getopt’s line and the usage', () => {
    const stderr = `./packetdrill: unrecognized option '--bogus'\n${packetdrillUsage()}\n`
    expect(call('./packetdrill', ['--bogus'])).toEqual({ status: 1, stdout: '', stderr })
  })

  it('wants a script', () => {
    const stderr = `error: missing script path\n${packetdrillUsage()}\n`
    expect(call('./packetdrill', ['-v'])).toEqual({ status: 1, stdout: '', stderr })
  })

  it('wants to know the wire server', () => {
    const stderr = 'when using --wire_client, must specify --wire_server_at or --wire_server_ip\n'
    expect(call('./packetdrill', ['--wire_client', 'examples/kernel.pkt'])).toEqual({ status: 1, stdout: '', stderr })
  })

  it('starts no wire server without a token', () => {
    const { status, stderr } = call('./packetdrill', ['--wire_server', '--wire_server_dev=lo'])
    expect({ status, stderr }).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^remote wire mode needs a token\n/),
    })
  })
})

describe('lunadrill', () => {
  it('helps', () => {
    expect(call('./lunadrill', ['help'])).toEqual({ status: 0, stdout: `${lunadrillUsage()}\n`, stderr: '' })
    expect(call('./lunadrill', ['run', '--help'])).toEqual({
      status: 0,
      stdout: `${commandUsage('run')}\n`,
      stderr: '',
    })
    for (const command of ['check', 'fmt'] as const) {
      const usage = { status: 0, stdout: `${commandUsage(command)}\n`, stderr: '' }
      expect(call('./lunadrill', ['help', command])).toEqual(usage)
      expect(call('./lunadrill', [command, '--help'])).toEqual(usage)
    }
    expect(call('./lunadrill', ['help', 'jump'])).toMatchObject({ status: 2, stdout: '' })
    expect(call('./lunadrill', ['--version']).stdout).toMatch(/^lunadrill \d+\.\d+\.\d+\n$/)
  })

  it('answers wrong usage with status 2', () => {
    const usage = `${synopsis('run')}\n(lunadrill help run: all options)\n`
    expect(call('./lunadrill', ['run'])).toEqual({
      status: 2,
      stdout: '',
      stderr: `error: missing script path\n${usage}`,
    })
    expect(call('./lunadrill', [])).toEqual({
      status: 2,
      stdout: '',
      stderr: `error: missing command\n${lunadrillUsage()}\n`,
    })
    expect(call('./lunadrill', ['a.pkt']).stderr).toContain('did you mean lunadrill run a.pkt ...?')
  })
})

describe('a launcher', () => {
  it('works through a symbolic link from anywhere', () => {
    const directory = mkdtempSync(join(tmpdir(), 'launcher-'))
    symlinkSync(join(root, 'lunadrill'), join(directory, 'drill'))
    const ended = call('./drill', ['version'], directory)
    rmSync(directory, { recursive: true })
    expect(ended).toMatchObject({ status: 0, stderr: '' })
  })

  it.each([
    ['packetdrill', 1],
    ['lunadrill', 2],
  ])('%s says what to do in a fresh clone', (name, status) => {
    const directory = mkdtempSync(join(tmpdir(), 'clone-'))
    copyFileSync(join(root, name), join(directory, name))
    copyFileSync(join(root, 'package.json'), join(directory, 'package.json'))
    const stderr = 'lunadrill is not built: run npm run setup first\n'
    const ended = call(`./${name}`, ['a.pkt'], directory)
    rmSync(directory, { recursive: true })
    expect(ended).toEqual({ status, stdout: '', stderr })
  })
})
