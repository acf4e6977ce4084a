import { expect, it } from 'vitest'
import { parseKernel } from '../../src/args/kernel-args.js'

it('fills what is not said', () => {
  expect(parseKernel(['build'])).toEqual({ action: 'build', source: null, config: null, name: 'default', checks: [] })
  expect(parseKernel(['list'])).toEqual({ action: 'list', format: 'pretty' })
  expect(parseKernel(['remove'])).toEqual({ action: 'remove', names: [] })
})

it('takes what each command has', () => {
  expect(parseKernel(['build', '--source=linux', '--config', 'mine', '--out=patched', '--ubsan', '--kasan'])).toEqual({
    action: 'build',
    source: 'linux',
    config: 'mine',
    name: 'patched',
    checks: ['kasan', 'ubsan'],
  })
  expect(parseKernel(['list', '--format=json'])).toEqual({ action: 'list', format: 'json' })
  expect(parseKernel(['remove', 'a', 'b'])).toEqual({ action: 'remove', names: ['a', 'b'] })
})

it.each([
  [[], 'error: missing command: build, list or remove'],
  [['make'], 'error: no such command: kernel make (build, list or remove)'],
  [['build', 'linux'], 'error: unexpected word: linux'],
  [['list', '--kasan'], 'error: --kasan is not for kernel list'],
  [['remove', '--source=x', 'a'], 'error: --source is not for kernel remove'],
  [['list', '--format=xml'], 'error: bad --format: xml (one of: pretty, json)'],
])('refuses %j', (args, message) => {
  expect(() => parseKernel(args)).toThrow(message)
})
