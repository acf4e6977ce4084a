// Finds a keyword by the hash that the scanner has built while it walked over the word, so that no string is cut
// out of the script to be looked up. Open addressing; the characters are compared only when hash and length agree.
import { SPELLINGS, T } from './token.js'

const SIZE = 512
const MASK = SIZE - 1

const hashes = new Int32Array(SIZE)
const kinds = new Uint8Array(SIZE)
const spellings: string[] = new Array<string>(SIZE).fill('')

/** One step of the word hash; the scanner has the same expression in line. */
function hashOf(word: string): number {
  let hash = 0
  for (let index = 0; index < word.length; index++) hash = (Math.imul(hash, 31) + word.charCodeAt(index)) | 0
  return hash
}

for (const [spelling, kind] of SPELLINGS) {
  const hash = hashOf(spelling)
  let slot = hash & MASK
  while (kinds[slot] !== 0) slot = (slot + 1) & MASK
  hashes[slot] = hash
  kinds[slot] = kind
  spellings[slot] = spelling
}

/** The kind of the word at `start`: a keyword's, or `T.word`. */
export function wordKind(source: string, start: number, length: number, hash: number): number {
  let slot = hash & MASK
  for (;;) {
    const kind = kinds[slot] as number
    if (kind === 0) return T.word
    if (hashes[slot] === hash) {
      const spelling = spellings[slot] as string
      if (spelling.length === length && source.startsWith(spelling, start)) return kind
    }
    slot = (slot + 1) & MASK
  }
}
