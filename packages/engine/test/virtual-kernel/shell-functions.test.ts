import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { netFunctions, sysctlFunction } from '../../src/virtual-kernel/shell-functions.js'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lunadrill-test-'))
  mkdirSync(join(folder, 'net/ipv4'), { recursive: true })
  for (const name of ['tcp_sack', 'tcp_rmem']) writeFileSync(join(folder, 'net/ipv4', name), 'before\n')
})

afterEach(() => rmSync(folder, { recursive: true }))

/** The function over files of the test's; it says so where it leaves its words to the program. */
function bash(text: string) {
  const program = 'command() { echo "program: $*"; return 3; }'
  const script = `${sysctlFunction.replaceAll('/proc/sys/', `${folder}/`)}\n${program}\n${text}`
  const { stdout, stderr, status } = spawnSync('bash', ['-c', script], { encoding: 'utf8' })
  return { stdout, stderr, status }
}
const value = (name: string) => readFileSync(join(folder, 'net/ipv4', name), 'utf8')

describe('ip and tc in the shells of a guest', () => {
  const said = (settings: string, text: string) => {
    const program = 'command() { echo "program: $*"; return 3; }'
    const script = `${netFunctions(settings)}\n${program}\n${text}`
    const { stdout, stderr, status } = spawnSync('bash', ['-c', script], { encoding: 'utf8' })
    return `${stdout}${stderr}${status}`
  }

  it.each([
    ['ip tcp_metrics flush all', 'flush-tcp-metrics'],
    ['tc qdisc add dev tun0 root pfifo', 'add-pfifo tun0'],
  ])('do `%s` by themselves, or leave it to the program', (text, order) => {
    expect(said('echo', text)).toBe(`${order}\n0`)
    expect(said('false', text)).toBe(`program: ${text}\n3`)
  })

  it.each([
    'ip tcp_metrics flush',
    'ip link',
    'ip',
    'tc qdisc add dev tun0 root pfifo limit 10',
    'tc qdisc add dev tun0 root fq',
    'tc',
  ])('leave `%s` to the program', (text) => {
    expect(said('echo', `set -u; ${text}`)).toBe(`program: ${text}\n3`)
  })
})

describe('sysctl in the shells of a guest', () => {
  it('sets values without a word', () => {
    const quiet = { stdout: '', stderr: '', status: 0 }
    expect(bash('sysctl -q net.ipv4.tcp_sack=0 "net.ipv4.tcp_rmem=4096 540000 15728640"')).toEqual(quiet)
    expect([value('tcp_sack'), value('tcp_rmem')]).toEqual(['0\n', '4096 540000 15728640\n'])
    expect(bash('set -eu; sysctl -w -q net.ipv4.tcp_sack=a=b; sysctl -qw net.ipv4.tcp_rmem=')).toEqual(quiet)
    expect([value('tcp_sack'), value('tcp_rmem')]).toEqual(['a=b\n', '\n'])
  })

  it.each([
    'net.ipv4.tcp_sack=0',
    '-q net.ipv4.tcp_sack',
    '-q',
    '-qn net.ipv4.tcp_sack=0',
    '-q -p file.conf=',
    '-q net/ipv4/tcp_sack=0',
    '-q net.ipv4.*=0',
    '-q =0',
  ])('leaves `sysctl %s` to the program', (args) => {
    expect(bash(`set -f; sysctl ${args}`)).toEqual({ stdout: `program: sysctl ${args}\n`, stderr: '', status: 3 })
    expect(value('tcp_sack')).toBe('before\n')
  })

  it('leaves what fails to the program, whole', () => {
    const args = '-q net.ipv4.tcp_sack=0 net.ipv4.no_such_thing.here=1'
    expect(bash(`sysctl ${args}`)).toEqual({ stdout: `program: sysctl ${args}\n`, stderr: '', status: 3 })
  })
})
