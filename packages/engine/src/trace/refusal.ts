// Failures that no event brought about: a run that could not begin, go on, or report. And what a thrown error says.
import type { Failure } from './failure.js'

type Words = Pick<Failure, 'verdict' | 'code' | 'message' | 'hint' | 'upstream'>

/** A failure without packets, times and events. */
export function refusal(words: Words, place: Pick<Failure, 'line' | 'column'> = { line: null, column: null }): Failure {
  return { ...words, ...place, packets: null, differences: [], time: null, lateness: [], before: [] }
}

/**
 * Upstream names neither script nor line where options are wrong, a device fails, or client and server of a wire do not
 * agree.
 */
export const isPlaceless = (code: string) => /^LD_(OPTION|NETLINK|TUN\w*|NIC|WIRE_\w+)$/.test(code)

/** What an error that a host, DPDK or the admin server threw comes to: `code` is LD_INTERNAL for anything unforeseen. */
export function wordsOf(error: unknown): Words {
  const thrown = error as Error & { code?: string; remedy?: string | null; upstream?: string }
  const { code, message, remedy = null, stack } = thrown
  if (code === 'LD_UNSUPPORTED') {
    const text = `skipped: ${message}`
    return { verdict: 'skip', code, message: text, hint: null, upstream: text }
  }
  const known = code?.startsWith('LD_') ?? false
  const hint = known ? remedy : `this is a defect of lunadrill, please report it:\n${stack}`
  const upstream = thrown.upstream ?? (hint === null ? message : `${message}\n${hint}`)
  return { verdict: 'error', code: known ? (code as string) : 'LD_INTERNAL', message, hint, upstream }
}
