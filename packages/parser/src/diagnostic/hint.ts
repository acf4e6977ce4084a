// What to do about a token that the grammar does not allow: known mistakes, the most special first.
// Read first: syntax.ts, which makes the sentence that the hint stands below.
import { C, FIRST_KEYWORD, SPELLINGS, T } from '../scan/token.js'
import type { Expectation } from './expectation.js'
import { suggest } from './suggest.js'
import type { Found } from './syntax.js'

export function hintFor(found: Found, expected: Expectation): string | null {
  return (
    spellingHint(found, expected) ??
    tokenHint(found, expected) ??
    wordHint(found) ??
    keywordHint(found, expected) ??
    expected.hint ??
    null
  )
}

function spellingHint({ kind, text }: Found, { nearby }: Expectation): string | null {
  if (nearby === undefined || (kind !== T.word && !SPELLINGS.has(text))) return null
  if (nearby.includes(text)) return null
  const alias = Object.hasOwn(ALIASES, text.toLowerCase()) ? ALIASES[text.toLowerCase()] : undefined
  const near = alias !== undefined && nearby.includes(alias) ? alias : suggest(text, nearby)
  return near === null ? null : `Did you mean '${near}'?`
}

/** Other names of TCP options and ECN codepoints, as RFCs and packet dumps have them. */
const ALIASES: Readonly<Record<string, string>> = {
  timestamp: 'TS',
  timestamps: 'TS',
  ws: 'wscale',
  window_scale: 'wscale',
  sack_permitted: 'sackOK',
  sackperm: 'sackOK',
  fastopen: 'FO',
  tfo: 'FO',
  accecn: 'ECN',
  window: 'win',
  urgent: 'urg',
  dscp: 'tos',
}

const FUNCTIONS = ['inet_addr', 'inet6_addr', 'htons'] as const

const VALUES = /^(a value|an argument|the result)/

function tokenHint({ kind, text, before }: Found, { words }: Expectation): string | null {
  if (kind === 35) return 'Comments start with // or stand between /* and */.'
  if (kind === T.option) return 'Options stand before everything else.'
  if (kind === T.float && VALUES.test(words))
    return 'Values are integers, words, strings and lists; none has a decimal point.'
  if (kind === T.ipv6 && !words.includes('address'))
    return `'${text}' reads as an IPv6 address; put a blank after its first colon.`
  if (before.includes('::') && words.startsWith("':'")) {
    return `'${before}' reads as one IPv6 address; put a blank behind the colon that ends the header.`
  }
  if (kind === T.hex && words.includes('decimal')) return `Write it in decimal: ${BigInt(text)}`
  if (kind === C.openParenthesis && words.includes('after the')) return functionHint(before)
  if (kind === C.equals && words.includes("',' or ')'")) return "Is a ')' missing before it?"
  if (kind === C.comma && /(^|[^\w.])[0-9]+$/.test(before) && words.startsWith('a packet')) {
    return 'Seconds have a decimal point: 0.5 and not 0,5.'
  }
  return null
}

/** Only a few names make a function within an expression. */
function functionHint(before: string): string | null {
  const name = /[A-Za-z_]\w*$/.exec(before)?.[0]
  if (name === undefined) return null
  const near = suggest(name, FUNCTIONS)
  if (near !== null) return `Did you mean '${near}'?`
  return 'The only functions are inet_addr("…"), inet6_addr("…") and, within a sockaddr, htons(N).'
}

function wordHint({ kind, text, before }: Found): string | null {
  if (kind !== T.word) return null
  if (/^\d+([eE]\d+|[mun]?s)$/.test(text)) {
    return 'Times are decimal seconds such as 0, .1 or 2.5, without exponent or unit.'
  }
  if (/^x[0-9a-fA-F]+$/.test(text) && /(^|[^\w])-\d+$/.test(before)) return 'Hexadecimal numbers have no sign.'
  if (/^0X[0-9a-fA-F]+$/.test(text)) return `Write the x of a hexadecimal number small: ${text.replace('X', 'x')}`
  return null
}

/** Keywords of hex digits: a cookie or digest that happens to be one cannot be written. */
const HEX_KEYWORDS = new Set(['fd', 'ce', 'ceb', 'e0b', 'e1b'])

const SEGMENT_PARTS = new Set(['ack', 'win', 'urg'])

function keywordHint({ kind, text, before }: Found, { words, free }: Expectation): string | null {
  if (kind < FIRST_KEYWORD) return null
  if (SEGMENT_PARTS.has(text) && words.includes('event')) {
    return 'The parts of a segment stand in this order: ack, win, urg, <options>.'
  }
  if (text === 'udp' && words.includes('flags'))
    return 'The ports of a datagram stand behind the word: udp 1 > 2 (1000)'
  if (text === 'htons') return 'htons(N) stands only within a sockaddr, behind sin_port.'
  if (HEX_KEYWORDS.has(text) && /\bFO(EXP)?$/.test(before)) {
    return `'${text}' is a keyword. A define can hold such digits: --define="COOKIE=${text}"`
  }
  return free ? `'${text}' is a keyword of the language and cannot be used as a name or word.` : null
}
