// Characters to tokens: the longest match wins, of equal ones the keyword. One token at a time, held in fields and
// not in objects: a script of 100,000 lines has two million of them.
// Where this differs from upstream's lexer on purpose: `\r` is a blank; `//` may end the file; the first `*/` and the
// first `}%` close; a backslash escapes the next character and no other; a character above ASCII is a token of its own.
import { endOfIpv4, endOfIpv6 } from './address.js'
import { CLASS, DIGIT, HEX_DIGIT, isIn, WORD_CHARACTER } from './character.js'
import type { Replacement } from './define.js'
import { wordKind } from './keyword-table.js'
import { saturated } from './number.js'
import { C, T } from './token.js'

/** Doubles hold every integer of 15 digits, and 10^22 is the last exact power: below both, one division rounds right. */
const EXACT_DIGITS = 15
const POWERS_OF_TEN = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`))

/** Most integers of scripts are descriptors, sizes and results: made once. */
const SMALL_INTEGERS = Array.from({ length: 4097 }, (_, value) => BigInt(value))

export class Scanner {
  readonly source: string
  /** The current token: its kind and where it stands. */
  kind: number = T.end
  start = 0
  end = 0
  /** Lines of its first and last character, from 1. */
  startLine = 1
  line = 1
  /** Value of an INTEGER, HEX or FLOAT; beyond 2^53 the nearest double (`integerValue` is exact). */
  number = 0
  /** Where the token before the current one ended: the end of a node that has just been read. */
  previousEnd = 0
  /** Set when a define has replaced the token. */
  replacement: Replacement | null = null
  /** What words turn into; null for none. */
  private defines: ReadonlyMap<string, Replacement> | null = null

  /** `unclosedFrom`: no code block ends behind it, so that reading on after an error need not look again. */
  constructor(
    source: string,
    protected unclosedFrom = Number.POSITIVE_INFINITY,
  ) {
    this.source = source
  }

  /** The token as it stands in the script: of a replaced word, its name. */
  /** A scanner for looking ahead, which knows what this one has found out. */
  fork(): Scanner {
    return new Scanner(this.source, this.unclosedFrom)
  }

  sourceText(): string {
    return this.source.slice(this.start, this.end)
  }

  /** A word's text, after substitution. */
  wordText(): string {
    const replacement = this.replacement
    if (replacement !== null && replacement.kind !== 'integer') return replacement.text
    return this.source.slice(this.start, this.end)
  }

  /** The text between the quotes of a string or command, escapes untouched. */
  quotedText(): string {
    const replacement = this.replacement
    if (replacement !== null && replacement.kind !== 'integer') return replacement.text
    return this.source.slice(this.start + 1, this.end - 1)
  }

  /** An integer's exact value, kept within 64 bits as upstream does. */
  integerValue(): bigint {
    const { number } = this
    if (number >= 0 && number < SMALL_INTEGERS.length) return SMALL_INTEGERS[number] as bigint
    if (Number.isSafeInteger(number)) return BigInt(number)
    const replacement = this.replacement
    if (replacement !== null && replacement.kind === 'integer') return replacement.value
    return saturated(this.source.slice(this.start, this.end))
  }

  /** Moves on to the next token. At the end it stays there. */
  next(): void {
    const source = this.source
    this.previousEnd = this.end
    this.replacement = null
    let at = this.end
    let code = source.charCodeAt(at)
    for (;;) {
      if (code === 32) at++
      else if (code === 10) {
        this.line++
        at++
      } else if (code === 9 || code === 13) at++
      else if (code === C.slash) {
        const end = this.endOfComment(at)
        if (end === at) break
        at = end
      } else break
      code = source.charCodeAt(at)
    }
    this.start = at
    this.startLine = this.line
    if (code < 128) {
      const bits = CLASS[code] as number
      if ((bits & DIGIT) !== 0) this.scanNumber(at, false)
      else if ((bits & WORD_CHARACTER) !== 0) this.scanWord(at)
      else this.scanPunctuation(at, code)
    } else this.scanForeign(at, code)
  }

  /** The end of the comment at `at`, its lines counted; `at` itself when there is none. */
  private endOfComment(at: number): number {
    const source = this.source
    const second = source.charCodeAt(at + 1)
    if (second === C.slash) {
      const newline = source.indexOf('\n', at + 2)
      return newline === -1 ? source.length : newline
    }
    if (second !== C.star) return at
    const close = source.indexOf('*/', at + 2)
    if (close === -1) return at
    this.countLines(at, close)
    return close + 2
  }

  private countLines(from: number, to: number): void {
    const source = this.source
    // Not by indexOf, which would look for the next line's end far behind `to`, for each of many strings in one line.
    for (let at = from; at < to; at++) if (source.charCodeAt(at) === 10) this.line++
  }

  private scanForeign(at: number, code: number): void {
    // NaN is what charCodeAt gives behind the last character.
    const ended = Number.isNaN(code)
    this.kind = ended ? T.end : T.illegal
    this.end = ended ? at : at + ((this.source.codePointAt(at) as number) > 0xffff ? 2 : 1)
  }

  private scanPunctuation(at: number, code: number): void {
    const source = this.source
    switch (code) {
      case 0:
        this.kind = T.illegal
        this.end = at + 1
        return
      case 34:
        this.scanQuoted(at, code, T.string)
        return
      case 96:
        this.scanQuoted(at, code, T.backtick)
        return
      case 37:
        if (source.charCodeAt(at + 1) === C.openBrace) {
          this.scanCode(at)
          return
        }
        break
      case C.slash:
        // A comment with an end has been skipped, so `/*` here has none.
        if (source.charCodeAt(at + 1) === C.star) {
          this.kind = T.unclosed
          this.end = at + 1
          return
        }
        break
      case C.minus: {
        const second = source.charCodeAt(at + 1)
        if (isIn(DIGIT, second)) {
          this.scanNumber(at + 1, true)
          return
        }
        if (second === C.dot && isIn(DIGIT, source.charCodeAt(at + 2))) {
          this.scanNumber(at + 1, true)
          return
        }
        if (second === C.minus && isIn(WORD_CHARACTER, source.charCodeAt(at + 2))) {
          this.scanOption(at)
          return
        }
        break
      }
      case C.dot:
        if (isIn(DIGIT, source.charCodeAt(at + 1))) {
          this.scanNumber(at, false)
          return
        }
        if (source.charCodeAt(at + 1) === C.dot && source.charCodeAt(at + 2) === C.dot) {
          this.kind = T.ellipsis
          this.end = at + 3
          return
        }
        break
      case C.colon:
        if (source.charCodeAt(at + 1) === C.colon) {
          this.kind = T.ipv6
          this.end = endOfIpv6(source, at)
          return
        }
        break
    }
    this.kind = code
    this.end = at + 1
  }

  private scanWord(at: number): void {
    const source = this.source
    let end = at
    let hash = 0
    let code = source.charCodeAt(end)
    do {
      hash = (Math.imul(hash, 31) + code) | 0
      code = source.charCodeAt(++end)
    } while (code < 128 && ((CLASS[code] as number) & WORD_CHARACTER) !== 0)
    if (code === C.colon && end - at <= 4) {
      const address = endOfIpv6(source, at)
      if (address !== -1) {
        this.kind = T.ipv6
        this.end = address
        return
      }
    }
    // The one keyword with a character that no word has.
    if (code === 35 && end - at === 8 && source.startsWith('sequence#', at)) {
      hash = (Math.imul(hash, 31) + code) | 0
      end++
    }
    this.end = end
    this.kind = wordKind(source, at, end - at, hash)
    if (this.defines !== null && this.kind === T.word) this.substitute()
  }

  /** From the current token on, defined words are replaced. Upstream lets the current one escape. */
  defineFromHere(defines: ReadonlyMap<string, Replacement> | null): void {
    this.defines = defines
    if (this.kind === T.word) this.substitute()
  }

  /** Goes on at `offset`, which lies behind the last character of a token and on `line`. */
  continueAt(offset: number, line: number): void {
    this.end = offset
    this.line = line
    this.next()
  }

  private substitute(): void {
    const replacement = this.defines?.get(this.source.slice(this.start, this.end))
    if (replacement === undefined) return
    this.replacement = replacement
    this.kind = T[replacement.kind]
    if (replacement.kind === 'integer') this.number = Number(replacement.value)
  }

  /** `at` is the first digit or the dot; a sign stands before it. */
  private scanNumber(at: number, negative: boolean): void {
    const source = this.source
    let end = at
    let value = 0
    let code = source.charCodeAt(end)
    while (code < 58 && code >= 48) {
      value = value * 10 + (code - 48)
      code = source.charCodeAt(++end)
    }
    if (code === C.dot) {
      const fraction = source.charCodeAt(end + 1)
      if (fraction < 58 && fraction >= 48) {
        this.scanFloat(at, end, value, negative)
        return
      }
    } else if (!negative) {
      if (code < 128 && ((CLASS[code] as number) & WORD_CHARACTER) !== 0) {
        this.scanHexOrWord(at, end)
        return
      }
      if (code === C.colon && end - at <= 4) {
        const address = endOfIpv6(source, at)
        if (address !== -1) {
          this.kind = T.ipv6
          this.end = address
          return
        }
      }
    }
    this.kind = T.integer
    this.end = end
    if (end - at > EXACT_DIGITS) this.number = Number(saturated(source.slice(this.start, end)))
    else this.number = negative && value !== 0 ? -value : value
  }

  private scanFloat(at: number, dot: number, whole: number, negative: boolean): void {
    const source = this.source
    let end = dot + 1
    let value = whole
    let code = source.charCodeAt(end)
    while (code < 58 && code >= 48) {
      value = value * 10 + (code - 48)
      code = source.charCodeAt(++end)
    }
    if (code === C.dot && !negative && dot > at) {
      const address = endOfIpv4(source, at)
      if (address !== -1) {
        this.kind = T.ipv4
        this.end = address
        return
      }
    }
    this.kind = T.float
    this.end = end
    const decimals = end - dot - 1
    if (end - at - 1 > EXACT_DIGITS) this.number = Number(source.slice(this.start, end)) + 0
    else {
      const exact = value / (POWERS_OF_TEN[decimals] as number)
      this.number = negative && exact !== 0 ? -exact : exact
    }
  }

  /** `1f`, `0x1f`, `123abc`: `end` is the first character that is no decimal digit. No keyword begins with a digit. */
  private scanHexOrWord(at: number, digitsEnd: number): void {
    const source = this.source
    let end = digitsEnd
    let common = HEX_DIGIT
    const prefixed = digitsEnd === at + 1 && source.charCodeAt(at) === 48 && source.charCodeAt(digitsEnd) === 120
    if (prefixed) end++
    for (let code = source.charCodeAt(end); isIn(WORD_CHARACTER, code); code = source.charCodeAt(++end)) {
      common &= CLASS[code] as number
    }
    this.end = end
    if (prefixed && common !== 0 && end > at + 2) {
      this.kind = T.hex
      const value = Number(source.slice(at, end))
      this.number = Number.isSafeInteger(value) ? value : Number(saturated(source.slice(at, end)))
      return
    }
    if (source.charCodeAt(end) === C.colon && end - at <= 4) {
      const address = endOfIpv6(source, at)
      if (address !== -1) {
        this.kind = T.ipv6
        this.end = address
        return
      }
    }
    this.kind = T.word
    if (this.defines !== null) this.substitute()
  }

  private scanOption(at: number): void {
    const source = this.source
    let end = at + 2
    while (isIn(WORD_CHARACTER, source.charCodeAt(end))) end++
    this.kind = T.option
    this.end = end
  }

  /** A string or command. Without an end, the last escaped quote closes it, as the longest match does upstream. */
  private scanQuoted(at: number, quote: number, kind: number): void {
    const source = this.source
    const length = source.length
    let escaped = -1
    for (let end = at + 1; end < length; end++) {
      const code = source.charCodeAt(end)
      if (code === quote) {
        this.closeAt(at, end + 1, kind)
        return
      }
      if (code === 92) {
        end++
        if (source.charCodeAt(end) === quote) escaped = end
      }
    }
    if (escaped !== -1) {
      this.closeAt(at, escaped + 1, kind)
      return
    }
    this.kind = T.unclosed
    this.end = at + 1
  }

  private scanCode(at: number): void {
    const close = at >= this.unclosedFrom ? -1 : this.source.indexOf('}%', at + 2)
    if (close !== -1) {
      this.closeAt(at, close + 2, T.code)
      return
    }
    this.unclosedFrom = Math.min(this.unclosedFrom, at)
    this.kind = T.unclosed
    this.end = at + 1
  }

  private closeAt(at: number, end: number, kind: number): void {
    this.countLines(at, end)
    this.kind = kind
    this.end = end
  }
}
