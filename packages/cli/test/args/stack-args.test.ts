import { expect, it } from 'vitest'
import { parseStackInit } from '../../src/args/stack-args.js'

it('makes a folder of the name, or the one that is given', () => {
  expect(parseStackInit(['acme'])).toEqual({ name: 'acme', folder: 'acme' })
  expect(parseStackInit(['acme', '--dir', 'src/a'])).toEqual({ name: 'acme', folder: 'src/a' })
  expect(parseStackInit(['--help'])).toBe('help')
})

it.each([
  [[], 'error: missing name of the stack'],
  [['a', 'b'], 'error: unexpected word: b'],
  [['a', '--format=json'], 'error: unknown or unexpected option: --format'],
])('refuses %j', (args, message) => {
  expect(() => parseStackInit(args)).toThrow(message)
})
