// The sentence of a syntax error, from what was found and what was expected, with a hint where the mistake is known.
import { T } from '../scan/token.js'
import { describeCharacter } from './characters.js'
import type { DiagnosticCode } from './diagnostic.js'
import type { Expectation } from './expectation.js'
import { hintFor } from './hint.js'

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
