// Text in brackets whose inside is another dialect's business.
import type { Reader } from '../grammar/reader.js'
import { C, T } from '../scan/token.js'
import { FOREIGN_EXPECT } from './expectation.js'

const CLOSING: ReadonlyMap<number, number> = new Map([
  [C.openParenthesis, C.closeParenthesis],
  [C.openBracket, C.closeBracket],
  [C.openBrace, C.closeBrace],
])
const CLOSINGS: ReadonlySet<number> = new Set(CLOSING.values())

/** Takes the opening bracket that the reader stands on and all up to the one that closes it. */
export function takeBalanced(reader: Reader): void {
  const open: number[] = []
  do {
    const { kind } = reader
    const closing = CLOSING.get(kind)
    if (closing !== undefined) open.push(closing)
    else if (CLOSINGS.has(kind) && open.pop() !== kind) reader.unexpected(FOREIGN_EXPECT.closing)
    else if (kind === T.end || kind === T.unclosed || kind === T.illegal) reader.unexpected(FOREIGN_EXPECT.closing)
    reader.next()
  } while (open.length > 0)
}
