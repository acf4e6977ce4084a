// All that is wrong with one script, as it is found.
import { lineOf } from '../text/position.js'
import type { Diagnostic } from './diagnostic.js'
import type { Finding } from './rejection.js'

/** More would not be read; the rest is counted only. */
export const MAX_DIAGNOSTICS = 20

export class Findings {
  /** How many have been added. */
  count = 0
  private readonly located: Diagnostic[] = []

  constructor(private readonly text: string) {}

  add(finding: Finding): void {
    if (++this.count <= MAX_DIAGNOSTICS) this.located.push({ ...finding, ...lineOf(this.text, finding.span.start) })
  }

  /** How many were too many to be told. */
  get more(): number {
    return this.count - this.located.length
  }

  /** The first is the one that upstream reports; behind it the others as they stand in the script. */
  diagnostics(): readonly Diagnostic[] {
    const [first, ...others] = this.located
    if (first === undefined) return []
    return [first, ...others.sort((a, b) => a.span.start - b.span.start)]
  }
}
