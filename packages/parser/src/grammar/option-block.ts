// The option block as a whole: read, and turned into the settings that decide what the rest of the script means.
//   { option }
import type { ScriptOption } from '../ast/nodes.js'
import { EXPECT } from '../diagnostic/expectation.js'
import type { Findings } from '../diagnostic/findings.js'
import { Rejection } from '../diagnostic/rejection.js'
import { suggest } from '../diagnostic/suggest.js'
import { C, T } from '../scan/token.js'
import { lineOf } from '../text/position.js'
import { readOption } from './option.js'
import type { Reader } from './reader.js'
import { recoverAtOption } from './recovery.js'
import { type Configure, OptionProblem, type ParseSettings } from './settings.js'

export interface OptionBlock {
  readonly options: readonly ScriptOption[]
  readonly settings: ParseSettings
}

/** With one of these in error, what follows cannot be judged. */
const DECIDING = ['ip_version', 'define', 'psp_udp_port']

/** Reads the block and asks for the settings. Null when reading on would only give errors that follow from one here. */
export function readOptionBlock(reader: Reader, configure: Configure, findings: Findings): OptionBlock | null {
  return new OptionBlockReader(reader, configure, findings).read()
}

class OptionBlockReader {
  private readonly options: ScriptOption[] = []
  /** The options that the Configure has not refused. */
  private accepted: ScriptOption[] = []
  private undecided = false

  constructor(
    private readonly reader: Reader,
    private readonly configure: Configure,
    private readonly findings: Findings,
  ) {}

  read(): OptionBlock | null {
    const { reader } = this
    while (reader.kind === T.option || this.isRestOfValue()) {
      if (reader.kind === T.option) this.readOne()
      else this.refuseRest()
    }
    const settings = this.settle()
    return settings === null || this.undecided ? null : { options: this.options, settings }
  }

  private readOne(): void {
    const { reader } = this
    reader.beginStatement()
    const name = reader.sourceText().slice(2)
    try {
      const option = readOption(reader)
      this.options.push(option)
      this.accepted.push(option)
    } catch (problem) {
      this.record(problem, name)
      recoverAtOption(reader)
    }
  }

  /** Punctuation on the line of a value: a path, a prefix, a list without its quotes. */
  private isRestOfValue(): boolean {
    const { reader, options } = this
    const value = options.at(-1)?.value ?? null
    if (value === null || !PUNCTUATION.has(reader.kind)) return false
    return !reader.source.slice(reader.previousEnd, reader.start).includes('\n')
  }

  /** Upstream has taken the block as ended here, and applied it. */
  private refuseRest(): void {
    const { reader } = this
    if (this.settle() === null) this.undecided = true
    try {
      reader.unexpected(EXPECT.restOfValue)
    } catch (problem) {
      this.record(problem, this.options.at(-1)?.name ?? '')
      recoverAtOption(reader)
    }
  }

  /** Asks without the refused options until none is refused; null when it cannot be told. */
  private settle(): ParseSettings | null {
    for (;;) {
      try {
        return this.configure(this.accepted)
      } catch (problem) {
        if (problem instanceof OptionProblem && this.accepted.includes(problem.option)) this.refuse(problem)
        else if (this.findings.count > 0) return null
        else throw problem
      }
    }
  }

  private refuse({ option, message, hint }: OptionProblem): void {
    this.accepted = this.accepted.filter((each) => each !== option)
    // Options have no line upstream.
    const upstreamLine = lineOf(this.reader.source, option.span.start).line
    const { span } = option
    const finding = { span, message, hint, upstreamLine, upstreamMessage: message }
    this.record(new Rejection({ code: 'LD_OPTION', kind: 'option', ...finding }), option.name)
  }

  private record(problem: unknown, name: string): void {
    if (!(problem instanceof Rejection)) throw problem
    this.findings.add(problem.finding)
    if (DECIDING.includes(name) || suggest(name, DECIDING) !== null) this.undecided = true
  }
}

const PUNCTUATION: ReadonlySet<number> = new Set([C.slash, C.comma, C.dot, C.minus, C.colon, C.bar, C.equals])
