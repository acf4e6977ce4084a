// What is printed of an error that ends a command.

/** Its sentence, and what to do next where it says so (the engine's errors do). */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { message, remedy } = error as Error & { readonly remedy?: string | null }
  return remedy ? `${message}\n  ${remedy}` : message
}
