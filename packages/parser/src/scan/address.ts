// How far an IPv4 or IPv6 literal reaches. Whether it is a good address is asked later (text/address.ts): the scanner
// takes `1.2.3.999` for an address, as upstream's does, so that the error can name it as one.
import { DIGIT, HEX_DIGIT, isIn } from './character.js'

const COLON = 58
const DOT = 46

function digitsFrom(source: string, at: number): number {
  let end = at
  while (isIn(DIGIT, source.charCodeAt(end))) end++
  return end
}

/** The end of `a.b.c.d` at `at`, or -1. */
export function endOfIpv4(source: string, at: number): number {
  let end = at
  for (let octet = 0; octet < 4; octet++) {
    if (octet > 0) {
      if (source.charCodeAt(end) !== DOT) return -1
      end++
    }
    const next = digitsFrom(source, end)
    if (next === end) return -1
    end = next
  }
  return end
}

/** The end of one to four hex digits at `at`; `at` itself when there is none. */
function endOfSegment(source: string, at: number): number {
  let end = at
  while (end < at + 4 && isIn(HEX_DIGIT, source.charCodeAt(end))) end++
  return end
}

/**
 * The end of the longest IPv6 literal at `at`, or -1. A literal has a gap (`::`) or seven colons, so the sequence
 * numbers `1:1001` are none, but `1::1` is.
 */
export function endOfIpv6(source: string, at: number): number {
  let end = at
  let before = 0
  if (source.charCodeAt(at) !== COLON) {
    for (;;) {
      const segmentEnd = endOfSegment(source, end)
      if (segmentEnd === end) return -1
      before++
      end = segmentEnd
      if (before === 8) return end
      if (source.charCodeAt(end) !== COLON) return -1
      end++
      if (source.charCodeAt(end) === COLON) break
    }
  } else {
    if (source.charCodeAt(at + 1) !== COLON) return -1
    end = at + 1
  }
  return endAfterGap(source, end + 1, before)
}

/** `at` is behind the second colon of the gap; `before` segments stand before it. */
function endAfterGap(source: string, at: number, before: number): number {
  let end = at
  for (let after = 0; after < 7 - before; after++) {
    const start = after === 0 ? end : end + 1
    if (after > 0 && source.charCodeAt(end) !== COLON) break
    if (mayEndInIpv4(source, at, start, before, after)) {
      const dotted = endOfIpv4(source, start)
      if (dotted !== -1) return dotted
    }
    const segmentEnd = endOfSegment(source, start)
    if (segmentEnd === start) break
    end = segmentEnd
  }
  return end
}

/** Dotted ends that upstream knows: `1:2::a.b.c.d` (one to four segments), `::ffff:a.b.c.d`, `::ffff:0:a.b.c.d`. */
function mayEndInIpv4(source: string, gapEnd: number, start: number, before: number, after: number): boolean {
  if (before > 0) return before <= 4 && after === 0
  if (after === 0 || after > 2 || !source.startsWith('ffff:', gapEnd)) return false
  if (after === 1) return start === gapEnd + 5
  for (let index = gapEnd + 5; index < start - 1; index++) if (source.charCodeAt(index) !== 48) return false
  return true
}
