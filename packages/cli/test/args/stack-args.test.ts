import { expect, it } from 'vitest'
import { parseStackCheck, parseStackInit } from '../../src/args/stack-args.js'

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

it('checks a path, for people unless told otherwise', () => {
  expect(parseStackCheck(['./a.so'])).toEqual({ stack: './a.so', format: 'pretty' })
  expect(parseStackCheck(['lwip', '--format=json'])).toEqual({ stack: 'lwip', format: 'json' })
  expect(() => parseStackCheck([])).toThrow('error: missing path of the shared object')
  expect(() => parseStackCheck(['a.so', 'b.so'])).toThrow('error: unexpected word: b.so')
})
