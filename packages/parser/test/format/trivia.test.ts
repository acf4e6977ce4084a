import { expect, it } from 'vitest'
import { readGap } from '../../src/format/trivia.js'

const read = (gap: string) => readGap(`x${gap}y`, 1, gap.length + 1)

it('counts line ends, before comments and behind the last', () => {
  expect(read('')).toEqual({ comments: [], newlines: 0 })
  expect(read('  \t')).toEqual({ comments: [], newlines: 0 })
  expect(read('\n\n ')).toEqual({ comments: [], newlines: 2 })
  expect(read(' // a \n\n/* b\n */ ')).toEqual({
    comments: [
      { text: '// a', toLineEnd: true, newlines: 0, column: 2 },
      { text: '/* b\n */', toLineEnd: false, newlines: 2, column: 0 },
    ],
    newlines: 0,
  })
})

it('ends a comment where the gap ends, and counts tabs as columns', () => {
  expect(readGap('\t// end', 0, 7)).toEqual({
    comments: [{ text: '// end', toLineEnd: true, newlines: 0, column: 8 }],
    newlines: 0,
  })
})
