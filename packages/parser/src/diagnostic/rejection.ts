// How a finding leaves the recursive descent: thrown where it was made, caught once per statement.
import type { Diagnostic } from './diagnostic.js'

/** A diagnostic before its line and column have been counted, which is work that not every one is worth. */
export type Finding = Omit<Diagnostic, 'line' | 'column'>

export class Rejection extends Error {
  override readonly name = 'Rejection'

  constructor(readonly finding: Finding) {
    super(finding.message)
  }
}
