// What comparisons have found: the differences as data, and upstream's sentence about each.
import type { Difference } from '../trace/failure.js'

export interface Mismatch {
  /** Upstream's sentence about the first difference. */
  readonly reason: string
  readonly differences: readonly Difference[]
}

export class Findings {
  private readonly reasons: string[] = []
  private readonly differences: Difference[] = []

  add(field: string, expected: string, actual: string, reason: string): void {
    this.reasons.push(reason)
    this.differences.push({ field, expected, actual })
  }

  number(field: string, expected: number, actual: number): void {
    if (expected === actual) return
    const words = `expected: ${expected} (0x${expected.toString(16)}) vs actual: ${actual} (0x${actual.toString(16)})`
    this.add(field, String(expected), String(actual), `live packet field ${field}: ${words}`)
  }

  get any(): boolean {
    return this.reasons.length > 0
  }

  /** Null where nothing differs. */
  mismatch(): Mismatch | null {
    return this.any ? { reason: this.reasons[0] as string, differences: this.differences } : null
  }
}
