// The sentence of a syntax error, from what was found and what was expected, with a hint where the mistake is known.
import { FIRST_KEYWORD, SPELLINGS, T } from '../scan/token.js'
import { describeCharacter } from './characters.js'
import type { DiagnosticCode } from './diagnostic.js'
import type { Expectation } from './expectation.js'
import { suggest } from './suggest.js'

/** The offending token. */
export interface Found {
  readonly kind: number
  /** As it stands in the script. */
  readonly text: string
  /** The code point in the script where it starts; 0 at the end. */
  readonly point: number
  /** True when a define has replaced it. */
  readonly defined: boolean
  /** The source text of the token before it, empty at the start. */
  readonly before: string
}

export interface SyntaxWording {
  readonly code: DiagnosticCode
  readonly message: string
  readonly hint: string | null
}

const UNCLOSED: ReadonlyMap<string, readonly [what: string, hint: string]> = new Map([
  ['"', ['string', 'A backslash before a quote belongs to the string; the closing quote is missing.']],
  ['`', ['command', 'The closing backquote is missing.']],
  ['/', ['comment', 'Its end */ is missing.']],
  ['%', ['code block', 'Its end }% is missing.']],
])

export function syntaxWording(found: Found, expected: Expectation): SyntaxWording {
  if (found.kind === T.illegal) {
    const character = describeCharacter(found.point)
    return { code: 'LD_CHARACTER', message: `${character.name} cannot stand in a script`, hint: character.hint }
  }
  if (found.kind === T.unclosed) {
    const [what, hint] = UNCLOSED.get(found.text) ?? ['token', '']
    return { code: 'LD_UNCLOSED', message: `the ${what} that starts here does not end`, hint }
  }
  const message = `expected ${expected.words}, found ${describe(found)}`
  return { code: 'LD_SYNTAX', message, hint: hintFor(found, expected) }
}

/** The token in words, short enough for a line. */
export function describe(found: Found): string {
  const text = found.text.length > 40 ? `${found.text.slice(0, 37)}…` : found.text
  const line = text.replace(/[\r\n\t]+/g, ' ')
  const replaced = found.defined ? ' (a define)' : ''
  switch (found.kind) {
    case T.end:
      return 'the end of the script'
    case T.word:
      return `'${line}'${replaced}`
    case T.integer:
    case T.float:
    case T.hex:
      return `the number ${line}${replaced}`
    case T.string:
      return found.defined ? `'${line}' (defined as a string)` : `the string ${line}`
    case T.backtick:
      return found.defined ? `'${line}' (defined as a command)` : `the command ${line}`
    case T.code:
      return 'code (%{ }%)'
    case T.option:
      return `the option ${line}`
    case T.ipv4:
      return `the IPv4 address ${line}`
    case T.ipv6:
      return `the IPv6 address ${line}`
  }
  if (found.kind < 128) {
    const control = found.kind < 32 || found.kind === 127
    return control ? describeCharacter(found.kind).name : `'${line}'`
  }
  return found.kind === T.ellipsis ? "'...'" : `the keyword '${line}'`
}

/** Keywords of hex digits: a cookie or digest that happens to be one cannot be written. */
const HEX_KEYWORDS = new Set(['fd', 'ce', 'ceb', 'e0b', 'e1b'])

const SEGMENT_PARTS = new Set(['ack', 'win', 'urg'])

/** Known mistakes, the most special first. */
function hintFor(found: Found, expected: Expectation): string | null {
  return (
    spellingHint(found, expected) ?? tokenHint(found, expected) ?? keywordHint(found, expected) ?? expected.hint ?? null
  )
}

function spellingHint({ kind, text }: Found, { nearby }: Expectation): string | null {
  if (nearby === undefined || (kind !== T.word && !SPELLINGS.has(text))) return null
  if (nearby.includes(text)) return null
  const near = suggest(text, nearby)
  return near === null ? null : `Did you mean '${near}'?`
}

function tokenHint({ kind, text, before }: Found, { words }: Expectation): string | null {
  if (kind === 35) return 'Comments start with // or stand between /* and */.'
  if (kind === T.option) return 'Options stand before everything else.'
  if (kind === T.ipv6) return `'${text}' reads as an IPv6 address; put a blank after its first colon.`
  if (before.includes('::') && words.startsWith("':'")) {
    return `'${before}' reads as one IPv6 address; put a blank behind the colon that ends the header.`
  }
  if (kind === T.hex && words.includes('decimal')) return `Write it in decimal: ${BigInt(text)}`
  if (kind !== T.word) return null
  if (/^\d+([eE]\d+|[mun]?s)$/.test(text)) {
    return 'Times are decimal seconds such as 0, .1 or 2.5, without exponent or unit.'
  }
  if (/^x[0-9a-fA-F]+$/.test(text) && /(^|[^\w])-\d+$/.test(before)) return 'Hexadecimal numbers have no sign.'
  if (/^0X[0-9a-fA-F]+$/.test(text)) return `Write the x of a hexadecimal number small: ${text.replace('X', 'x')}`
  return null
}

function keywordHint({ kind, text, before }: Found, { words, free }: Expectation): string | null {
  if (kind < FIRST_KEYWORD) return null
  if (SEGMENT_PARTS.has(text) && words.includes('event')) {
    return 'The parts of a segment stand in this order: ack, win, urg, <options>.'
  }
  if (text === 'udp' && words.includes('flags'))
    return 'The ports of a datagram stand behind the word: udp 1 > 2 (1000)'
  if (HEX_KEYWORDS.has(text) && /\bFO(EXP)?$/.test(before)) {
    return `'${text}' is a keyword. A define can hold such digits: --define="COOKIE=${text}"`
  }
  return free ? `'${text}' is a keyword of the language and cannot be used as a name or word.` : null
}
