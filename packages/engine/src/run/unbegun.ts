// The report of a run that could not begin: addresses, the stack object, the admin port. The run's process, main thread.
import { isPlaceless, refusal, wordsOf } from '../trace/refusal.js'
import { failureText } from '../trace/wording.js'
import { type InterpreterReport, type RunOrder, unrun } from './task.js'

/** `error`: whatever was thrown. */
export function unbegun(
  { scriptPath, text }: Pick<RunOrder, 'scriptPath' | 'text'>,
  error: unknown,
): InterpreterReport {
  const words = wordsOf(error)
  const upstream = isPlaceless(words.code) ? words.upstream : `${scriptPath}: ${words.upstream}`
  const failure = refusal({ ...words, upstream })
  return unrun(failure, failureText(scriptPath, text, failure, null))
}
