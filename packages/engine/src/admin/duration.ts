// Durations in a query: 10 (milliseconds), 10us, 10ms, 2s, fractions too.

const unitUs: Readonly<Record<string, number>> = { us: 1, ms: 1000, s: 1_000_000 }
const longestUs = 86_400_000_000

/** Microseconds, whole; undefined for anything that is no duration, for 0 and for more than a day. */
export function durationUs(text: string): number | undefined {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(us|ms|s)?$/.exec(text) ?? []
  if (digits === undefined) return undefined
  const us = Math.round(Number(digits) * unitUs[unit ?? 'ms']!)
  return us > 0 && us <= longestUs ? us : undefined
}
