// `lunadrill fmt` as a user calls it: what it prints, what it leaves on disk, its exit status.
import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { command, root, scratch } from '../support/drill.js'

const { folder, script } = scratch()

const untidy = '0 socket(...,SOCK_STREAM,IPPROTO_TCP)=3 // one\n\n\n+.1  <  S 0:0(0) win 5\n'
const tidy = '    0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3  // one\n\n  +.1 < S 0:0(0) win 5\n'
const wrong = '0 socket(... = 3\n'

const fmt = (...args: string[]) => command('lunadrill', ['fmt', ...args])

it('formats in place, keeps the mode, names what it changed, and leaves nothing else behind', () => {
  const [first, second] = [script(untidy, 'a.pkt'), script(tidy, 'b.pkt')]
  chmodSync(first, 0o751)
  const { ino } = statSync(second)
  expect(fmt(first, second)).toEqual({ status: 0, stdout: `formatted ${first}\n`, stderr: '' })
  expect(readFileSync(first, 'utf8')).toBe(tidy)
  expect(statSync(first).mode & 0o777).toBe(0o751)
  expect(statSync(second).ino, 'a file that is right is not written').toBe(ino)
  expect(fmt(first)).toEqual({ status: 0, stdout: '', stderr: '' })
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

it('formats what a symbolic link names, and keeps the link', () => {
  const target = script(untidy, 'target.pkt')
  const link = join(folder, 'link.pkt')
  symlinkSync(target, link)
  expect(fmt(link).status).toBe(0)
  expect(lstatSync(link).isSymbolicLink()).toBe(true)
  expect(readFileSync(target, 'utf8')).toBe(tidy)
})

it('--check names what would change, and changes nothing', () => {
  const [first, second] = [script(untidy), script(tidy)]
  expect(fmt('--check', first, second)).toEqual({ status: 1, stdout: `${first}\n`, stderr: '' })
  expect(fmt('--check', second)).toEqual({ status: 0, stdout: '', stderr: '' })
  expect(readFileSync(first, 'utf8')).toBe(untidy)
})

it('--stdout prints, and - reads standard input', () => {
  const path = script(untidy)
  expect(fmt('--stdout', path)).toEqual({ status: 0, stdout: tidy, stderr: '' })
  expect(readFileSync(path, 'utf8')).toBe(untidy)
  expect(command('lunadrill', ['fmt', '-'], { input: untidy })).toEqual({ status: 0, stdout: tidy, stderr: '' })
  expect(command('lunadrill', ['fmt', '--check', '-'], { input: untidy })).toMatchObject({ status: 1 })
})

it('has nothing to do in our own examples', () => {
  const examples = readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.pkt'))
    .map((name) => join(root, 'examples', name))
  expect(fmt('--check', ...examples)).toEqual({ status: 0, stdout: '', stderr: '' })
})

it('leaves a script with a syntax error alone, and does the others', () => {
  const [bad, good] = [script(wrong), script(untidy)]
  const { status, stderr, stdout } = fmt(bad, good)
  expect({ status, stdout }).toEqual({ status: 2, stdout: `formatted ${good}\n` })
  expect(stderr).toMatch(/\.pkt:1:\d+: [\s\S]*\^/)
  expect(readFileSync(bad, 'utf8')).toBe(wrong)
})

it('keeps octets that are no UTF-8', () => {
  const path = join(folder, 'latin.pkt')
  writeFileSync(path, Buffer.from('0 close(3)=0 // caf\xe9\n', 'latin1'))
  expect(fmt(path).status).toBe(0)
  expect(readFileSync(path, 'latin1')).toBe('    0 close(3) = 0  // caf\xe9\n')
})

it('reads definitions and the family as a run does', () => {
  const path = script('0 < icmp unreachable CODE\n')
  expect(fmt('--check', path).status).toBe(2)
  expect(fmt('-DCODE=port_unreachable', path)).toMatchObject({ status: 0 })
  expect(readFileSync(path, 'utf8')).toBe('    0 < icmp unreachable CODE\n')
})

it.each([
  [[], /missing file/],
  [['--check', '--stdout', 'x.pkt'], /drop --stdout/],
  [['--bogus', 'x.pkt'], /--bogus/],
  [['/nonexistent/x.pkt'], /No such file/],
  [['/'], /Is a directory/],
])('%j is refused', (args, says) => {
  const { status, stderr } = fmt(...args)
  expect(stderr).toMatch(says)
  expect(status).toBe(2)
})
