// How a finding leaves the recursive descent: thrown where it was made, caught once per script.
import type { Diagnostic } from './diagnostic.js'

export class Rejection extends Error {
  override readonly name = 'Rejection'

  constructor(readonly diagnostic: Diagnostic) {
    super(diagnostic.message)
  }
}
