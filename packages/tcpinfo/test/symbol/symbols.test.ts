import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { pollBits, suggestSymbol, symbolNames, symbolValue } from '../../src/symbol/symbols.js'

describe('symbols', () => {
  it('are all that packetdrill knows, and no more', () => {
    expect(symbolNames().length).toBe(tables.length)
    for (const [name, value] of tables) expect(`${name}=${symbolValue(name)}`).toBe(`${name}=${value}`)
  })

  it('are not what people expect to be there as well', () => {
    for (const name of [
      'SOCK_CLOEXEC',
      'INADDR_ANY',
      'TCP_CC_INFO',
      'IPV6_V6ONLY',
      'ENOTSUP',
      'TCP_CA_Open',
      'toString',
    ]) {
      expect(symbolValue(name)).toBeUndefined()
    }
  })

  it('mind the case', () => {
    expect(symbolValue('sock_stream')).toBeUndefined()
  })
})

describe('a suggestion', () => {
  it.each([
    ['SOCK_STEAM', 'SOCK_STREAM'],
    ['SOCK_STREMA', 'SOCK_STREAM'],
    ['sock_stream', 'SOCK_STREAM'],
    ['TCP_CA_Open', 'TCP_CA_OPEN'],
    ['EAGIAN', 'EAGAIN'],
    ['ENOTSUP', 'EOPNOTSUPP'],
    ['SO_REUSADDR', 'SO_REUSEADDR'],
  ])('for %s is %s', (word, meant) => {
    expect(suggestSymbol(word)).toBe(meant)
  })

  it('is not made where nothing is near', () => {
    for (const word of ['x', 'foo', 'hello_world_and_more']) expect(suggestSymbol(word)).toBeUndefined()
  })
})

describe('poll bits', () => {
  it.each([
    [0, ''],
    [1, 'POLLIN'],
    [1 | 4 | 0x10, 'POLLIN|POLLOUT|POLLHUP'],
    [0x2000 | 0x800 | 8, 'POLLERR|???|POLLRDHUP'],
    [-1 & 0x3f, 'POLLIN|POLLPRI|POLLOUT|POLLERR|POLLHUP|POLLNVAL'],
  ])('%i is %j', (bits, names) => {
    expect(pollBits(bits)).toBe(names)
  })
})

/** A copy of the tables as text, so that a slip in one file does not go unseen: `NAME=value` words. */
const tables: readonly (readonly [string, number])[] = readFileSync(new URL('symbols.txt', import.meta.url), 'utf8')
  .split(/\s+/)
  .filter((word) => word !== '')
  .map((word) => {
    const [name, value] = word.split('=')
    return [name!, Number(value)]
  })
