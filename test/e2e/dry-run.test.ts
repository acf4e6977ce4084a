// --dry_run: parses, applies options, and that is all. The corpus under its families, as its README runs it.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { corpus, noCorpus } from '../../packages/parser/test/support/corpus.js'
import { families } from '../../tools/conformance/corpus.mjs'
import { command, named, root, scratch } from '../support/drill.js'

const { folder, script } = scratch()

it('runs nothing: neither commands nor init scripts, and needs no rights', () => {
  const touch = script(`\`touch ${folder}/init\`\n0 \`touch ${folder}/event\`\n`)
  for (const [program, args] of [
    ['packetdrill', ['--dry_run', `--init_scripts=touch ${folder}/script`, touch]],
    ['lunadrill', ['run', '--dry_run', `--init_scripts=touch ${folder}/script`, touch]],
  ] as const) {
    expect(command(program, args)).toMatchObject({ status: 0, stderr: '' })
  }
  for (const name of ['init', 'event', 'script']) expect(existsSync(`${folder}/${name}`)).toBe(false)
})

it('lunadrill goes on behind a script that does not parse, and says so at the end', () => {
  const [bad, good] = [script('0 foo\n'), script('0 `true`\n')]
  const { status, stdout } = command('lunadrill', ['run', '--dry_run', bad, good])
  expect(status).toBe(2)
  expect(stdout).toContain('2 runs: 1 pass, 1 error')
})

it('reads a script from a pipe', () => {
  const piped = (text: string) =>
    spawnSync('sh', ['-c', 'printf "$1" | ./packetdrill --dry_run /dev/stdin', 'sh', text], {
      cwd: root,
      encoding: 'utf8',
    })
  expect(piped('0 `true`\\n')).toMatchObject({ status: 0, stderr: '' })
  const stderr = "/dev/stdin:2: parse error at '': syntax error\n"
  expect(piped('0 foo\\n')).toMatchObject({ status: 1, stderr })
})

/** A family's flags, as upstream's run_all.py gives them. */
const flagsOf = (family: keyof typeof families) =>
  families[family].map(([name, value]) => (value === null ? `--${name}` : `--${name}=${value}`))

/** Scripts that use ICMPv4's words: upstream refuses them as IPv6. */
const ipv4Words = ['bad ICMP code CODE', 'bad ICMP code host_unreachable', 'bad ICMP code frag_needed']

describe.skipIf(noCorpus)(named('the corpus', noCorpus), () => {
  const dryRun = (flags: readonly string[], scripts: readonly string[]) =>
    command('packetdrill', ['--dry_run', ...flags, ...scripts], {
      cwd: `${root}/../shared/corpus/tcp`,
    })
  const names = corpus().map(({ name }) => name)

  it('parses as IPv4 and as IPv4 through IPv6 sockets', () => {
    const silent = { status: 0, stdout: '', stderr: '' }
    expect(
      dryRun(
        flagsOf('ipv4'),
        names.filter((name) => !name.endsWith('v6.pkt')),
      ),
    ).toEqual(silent)
    expect(
      dryRun(
        flagsOf('ipv4-mapped-v6'),
        names.filter((name) => !/v[46]\.pkt$/.test(name)),
      ),
    ).toEqual(silent)
  })

  it('parses as IPv6, but for the ICMPv4 words that upstream refuses there', () => {
    let left = names.filter((name) => !name.endsWith('v4.pkt'))
    const refused: string[] = []
    for (;;) {
      const { status, stderr } = dryRun(flagsOf('ipv6'), left)
      if (status === 0) break
      const [path = '', , , ...message] = stderr.trim().split(':')
      expect(ipv4Words.map((words) => ` ${words}`)).toContain(message.join(':'))
      refused.push(path)
      left = left.slice(left.indexOf(path) + 1)
    }
    expect(refused).toHaveLength(5)
  })
})
