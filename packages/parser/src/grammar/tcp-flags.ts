// TCP flags: a word of letters, a dot for ACK, a digit for the ACE field.
//   flags = WORD [ '.' ] | [ WORD ] FLOAT | '.' | '-' .
// `.5` and `S.5` reach us as a FLOAT, whose text counts and not its value.
// Read first: RFC 9293 3.1; AE, CWR and ECE as one field in the AccECN draft, 3.1.
import type { TcpFlags } from '../ast/nodes.js'
import type { Expectation } from '../diagnostic/expectation.js'
import { badFlag, conflictingFlag } from '../diagnostic/semantic.js'
import { C, T } from '../scan/token.js'
import type { Reader } from './reader.js'

/** The flags' characters joined, as written; '-' for none. */
export function readFlagsText(reader: Reader, expected: Expectation): string {
  let text: string
  switch (reader.kind) {
    case T.word:
      text = reader.wordText()
      reader.next()
      if (reader.kind === C.dot) text += '.'
      else if (reader.kind === T.float) text += reader.sourceText()
      else return text
      break
    case C.dot:
      text = '.'
      break
    case C.minus:
      text = '-'
      break
    case T.float:
      text = reader.sourceText()
      break
    default:
      return reader.unexpected(expected)
  }
  reader.next()
  return text
}

const NONE: TcpFlags = {
  fin: false,
  syn: false,
  rst: false,
  psh: false,
  ack: false,
  urg: false,
  ece: false,
  cwr: false,
  ae: false,
  ace: false,
}

const LETTERS: Readonly<Record<string, keyof TcpFlags>> = {
  F: 'fin',
  S: 'syn',
  R: 'rst',
  P: 'psh',
  '.': 'ack',
  U: 'urg',
  E: 'ece',
  W: 'cwr',
  A: 'ae',
}

/** Good texts and what they mean: a script uses few, so segments share the objects. */
const known = new Map<string, TcpFlags>([['-', NONE]])

/** Longer texts are legal, but so rare that they need not be kept. */
const LONGEST_KEPT = 10

/** The bits of a text that `readFlagsText` gave; `start` and `end` are its place. */
export function tcpFlags(reader: Reader, text: string, start: number, end: number): TcpFlags {
  const kept = known.get(text)
  if (kept !== undefined) return kept
  const flags = decode(reader, text, start, end)
  if (text.length <= LONGEST_KEPT) known.set(text, flags)
  return flags
}

function decode(reader: Reader, text: string, start: number, end: number): TcpFlags {
  const flags: { -readonly [flag in keyof TcpFlags]: boolean } = { ...NONE }
  let digit = false
  let letter = false
  for (const character of text) {
    if (character >= '0' && character <= '7') {
      if (digit || letter) reader.refuse({ start, end }, conflictingFlag(character))
      digit = true
      const ace = Number(character)
      flags.ece = (ace & 1) !== 0
      flags.cwr = (ace & 2) !== 0
      flags.ae = (ace & 4) !== 0
      // ACE 0 is the same as no ACE: the bits are then compared one by one.
      flags.ace = ace !== 0
      continue
    }
    const flag = Object.hasOwn(LETTERS, character) ? LETTERS[character] : undefined
    if (flag === undefined) return reader.refuse({ start, end }, badFlag(character, text))
    if (flag === 'ece' || flag === 'cwr' || flag === 'ae') {
      if (digit) reader.refuse({ start, end }, conflictingFlag(character))
      letter = true
    }
    flags[flag] = true
  }
  return flags
}
