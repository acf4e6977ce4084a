// What is told of a step that failed: its own words, and what to do. Supervisor. Read first: step.ts.
import { EngineError } from '../errors.js'
import { cacheFolder } from './cache.js'
import type { StepResult } from './step.js'

/** `what` begins the sentence; LD_KERNEL_DISK instead of `code` where the disk is full. */
export function stepFailure(
  code: string,
  what: string,
  { tail }: StepResult,
  remedy: string,
  words: (tail: readonly string[]) => string = firstComplaint,
): EngineError {
  const full = tail.find((line) => /No space left|Disk quota exceeded/.test(line))
  if (full !== undefined) return new EngineError('LD_KERNEL_DISK', `the disk is full: ${full.trim()}`, roomRemedy())
  return new EngineError(code, `${what}: ${words(tail)}`, remedy)
}

export const roomRemedy = () => `make room below ${cacheFolder()}, or set XDG_CACHE_HOME to a larger disk`

export const whereToRead = (log: string) => `all of its words: ${log}`

/** What comes behind it is a consequence. */
function firstComplaint(tail: readonly string[]): string {
  const said = tail.filter((line) => line.trim() !== '')
  const complaint = said.find((line) => /^(E|tar|xz|gzip|dpkg-deb): |error|cannot|failed/i.test(line))
  return complaint ?? said.at(-1) ?? 'it said nothing'
}

/** The compiler's first error with the lines that it shows of it; make's where no compiler complains. */
export function compilerWords(tail: readonly string[]): string {
  const at = [/(^|: )(fatal )?error: /, /undefined reference|multiple definition/, /^make.*\*\*\*/]
    .map((complaint) => tail.findIndex((line) => complaint.test(line)))
    .find((index) => index >= 0)
  return at === undefined ? firstComplaint(tail) : tail.slice(at, at + 3).join('\n  ')
}
