import { expect, it } from 'vitest'
import { describeCharacter } from '../../src/diagnostic/characters.js'

it.each([
  [0xa0, 'a no-break space (U+00A0)'],
  [0x201c, 'a typographic quote (U+201C)'],
  [0xfeff, 'a byte order mark (U+FEFF)'],
  [0xe9, "'é' (U+00E9)"],
  [0x1f600, "'😀' (U+1F600)"],
  [0x0085, 'the character U+0085'],
  [0, 'a NUL byte (U+0000)'],
])('%i is called %s', (point, name) => {
  const { name: found, hint } = describeCharacter(point)
  expect(found).toBe(name)
  expect(hint).not.toBe('')
})
