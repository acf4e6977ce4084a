// What an expression comes to where it is a number; rules about values do not care about anything else.
import type { Expression } from '@lunadrill/parser'
import { evaluate, ValueError } from '../call/evaluate.js'

/** null: not a number, or a symbol that nobody knows (which is another rule's finding). */
export function numberOf(expression: Expression | undefined): number | null {
  if (expression === undefined) return null
  try {
    const value = evaluate(expression)
    return value.type === 'integer' ? Number(value.value) : null
  } catch (error) {
    if (error instanceof ValueError) return null
    throw error
  }
}
