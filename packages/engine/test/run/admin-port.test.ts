import { parseScript, type Script } from '@lunadrill/parser'
import { expect, it } from 'vitest'
import { adminPlan } from '../../src/run/admin-port.js'

const scriptOf = (text: string): Script => {
  const { script } = parseScript(text)
  if (script === null) throw new Error('it does not parse')
  return script
}
const silent = scriptOf('0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n')
const literal = scriptOf('0 `curl 127.0.0.1:8899/ss`\n')
const byName = scriptOf('0 `curl $LUNADRILL_ADMIN/ss`\n')
const plan = (script: Script, jobs: number, own: boolean, initScripts: string[] = []) =>
  adminPlan(8899, jobs, own, script, initScripts)

const kept = { admin: { port: 8899, stays: true }, alone: false }
const lone = { admin: { port: 8899, stays: false }, alone: true }
const free = { admin: { port: 0, stays: true }, alone: false }

it('is none where none was asked for', () => {
  expect(adminPlan(0, 4, false, literal, [])).toEqual({ admin: null, alone: false })
})

it('is the port that was asked for, beside others too, in a network of its own', () => {
  for (const script of [silent, literal, byName]) expect(plan(script, 4, true)).toEqual(kept)
})

it('is the port that was asked for where runs follow one another', () => {
  for (const script of [silent, literal, byName]) expect(plan(script, 1, false)).toEqual(kept)
})

it('is a free one on a shared network, for scripts that ask for its name or for nothing', () => {
  expect(plan(byName, 2, false)).toEqual(free)
  expect(plan(silent, 2, false)).toEqual(free)
})

it.each([
  ['a command', literal],
  ['a program that is called', scriptOf('0 `./look.sh`\n')],
  ['Python', scriptOf('0 %{ import urllib.request }%\n')],
  ['an init command', scriptOf('`./look.sh`\n0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n')],
])('is the literal one, alone, on a shared network where %s may mean it', (_what, script) => {
  expect(plan(script, 2, false)).toEqual(lone)
})

it('is the literal one where an init script may mean it', () => {
  expect(plan(silent, 2, false, ['./look.sh'])).toEqual(lone)
})
