import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { errnoName, errnoText } from '../../src/symbol/errno.js'
import { symbolValue } from '../../src/symbol/symbols.js'
import { compile, withGcc } from '../support/gcc.js'

describe('errno', () => {
  it('has names that scripts can write', () => {
    expect(errnoName(11)).toBe('EAGAIN')
    expect(errnoName(35)).toBe('EDEADLK')
    expect(errnoName(133)).toBe('EHWPOISON')
    for (let number = 1; number < 133; number++) {
      const name = errnoName(number)
      if (name !== undefined) expect(symbolValue(name)).toBe(number)
    }
    expect([0, 41, 58, 134, -1].map(errnoName)).toEqual([undefined, undefined, undefined, undefined, undefined])
  })

  it('has second names for two numbers', () => {
    expect(symbolValue('EWOULDBLOCK')).toBe(11)
    expect(symbolValue('EDEADLOCK')).toBe(35)
  })

  it('has texts for what no system says', () => {
    expect(errnoText(0)).toBe('Success')
    expect([41, 58, 134, 4711, -1].map(errnoText)).toEqual([
      'Unknown error 41',
      'Unknown error 58',
      'Unknown error 134',
      'Unknown error 4711',
      'Unknown error -1',
    ])
  })

  it.skipIf(!withGcc)('has the texts of the installed glibc (needs gcc)', () => {
    const program = compile(`
      #include <stdio.h>
      #include <string.h>
      int main(void) { for (int n = 0; n <= 134; n++) puts(strerror(n)); }
    `)
    const texts = execFileSync(program, { env: { LC_ALL: 'C' }, encoding: 'utf8' })
      .trimEnd()
      .split('\n')
    expect(texts.map((_, number) => errnoText(number))).toEqual(texts)
  })
})
