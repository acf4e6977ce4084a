// Lines that choose among events, in scripts for several systems.
//   conditional = '#' ( ( 'ifdef' | 'ifndef' ) WORD | 'else' | 'endif' ) .
// A name is defined by -D or --define; `Linux` always is. What is left out is read all the same, so that its mistakes show.
import type { ConditionalLine } from '../ast/nodes.js'
import type { Reader } from '../grammar/reader.js'
import { SPELLINGS, T } from '../scan/token.js'
import { FOREIGN_EXPECT } from './expectation.js'
import { standsHere } from './mark.js'

export const HASH = 35

const DIRECTIVE = /#\s*(?:ifdef|ifndef|else|endif)\b/y

/** The reader stands on a `#`. */
export function startsConditional(reader: Reader): boolean {
  return standsHere(reader, DIRECTIVE)
}

interface Condition {
  /** What an `#else` would make of it. */
  holds: boolean
  hadElse: boolean
}

export class Conditions {
  readonly lines: ConditionalLine[] = []
  private readonly open: Condition[] = []

  /** What stands here takes part. */
  hold = true

  /** Reads the line that the reader stands on. */
  read(reader: Reader): void {
    const { start } = reader
    const sign = reader.sourceText()
    const directive = DIRECTIVE_NAME.exec(reader.source.slice(start))?.[1] as ConditionalLine['directive']
    const asks = directive === 'ifdef' || directive === 'ifndef'
    const condition = this.open.at(-1)
    // Refused at the `#`, as upstream refuses every one.
    if (!asks && (condition === undefined || (directive === 'else' && condition.hadElse))) {
      reader.unexpected({ words: `no '${sign}${directive}' without its '#ifdef'` })
    }
    reader.next()
    reader.next()
    const name = asks ? readName(reader) : null
    this.lines.push({ directive, name, span: reader.spanFrom(start) })
    if (name !== null) this.open.push({ holds: isDefined(reader, name) === (directive === 'ifdef'), hadElse: false })
    else if (directive === 'endif') this.open.pop()
    else if (condition !== undefined) {
      condition.holds = !condition.holds
      condition.hadElse = true
    }
    this.hold = this.open.every(({ holds }) => holds)
  }

  /** At the end of the script. */
  finish(reader: Reader): void {
    // Said once, however often the end is met.
    if (this.open.splice(0).length > 0) reader.unexpected(FOREIGN_EXPECT.endif)
  }
}

const DIRECTIVE_NAME = /^#\s*(\w+)/

/** The name itself, though a define has replaced it. */
function readName(reader: Reader): string {
  const name = reader.sourceText()
  const isWord = reader.kind === T.word || reader.replacement !== null || SPELLINGS.has(name)
  if (!isWord) reader.unexpected(FOREIGN_EXPECT.conditionName)
  reader.next()
  return name
}

function isDefined(reader: Reader, name: string): boolean {
  return name === 'Linux' || reader.settings.defines.has(name)
}
