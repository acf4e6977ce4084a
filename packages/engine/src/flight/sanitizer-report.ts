// What AddressSanitizer, LeakSanitizer and UBSan report, reduced to what it says of the stack. Pure.

const TITLE = /^==\d+==ERROR: ((?:Address|Leak)Sanitizer: .*?)(?: at pc 0x.*)?$/
/** UBSan's has a place, and no title: `FILE:LINE:COLUMN: runtime error: …`. */
const RUNTIME_ERROR = /^.*:\d+:\d+: runtime error: (.*)$/
const FRAME = /^ +#\d+ /
/** Of a frame: from here on it is lunadrill and Node that have called. */
const HOST = /\/([^/]*\.node|node)\+0x[0-9a-f]+\)/
/** What follows says nothing that the lines before do not. */
const END = /^(SUMMARY: |Shadow bytes )/
const THREAD = /^Thread T\d+ created by /

/** The first line is what was found; the text itself where it is no such report. */
export function reportWords(text: string): string {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => TITLE.test(line))
  if (start === -1) return text.trim()
  const kept = [TITLE.exec(lines[start] as string)?.[1] as string]
  let skipping = false
  for (const line of lines.slice(start + 1)) {
    if (END.test(line)) break
    if (!FRAME.test(line)) skipping = THREAD.test(line)
    else if (HOST.test(line)) skipping = true
    if (!skipping && (line !== '' || kept.at(-1) !== '')) kept.push(line)
  }
  return kept.join('\n').trim()
}

/** What was found, in words for a sentence: `AddressSanitizer: heap-use-after-free on address 0x602000000010`. */
export function reportTitle(words: string | null): string | null {
  const first = words?.split('\n', 1)[0] ?? ''
  if (first.startsWith('AddressSanitizer: ')) return first
  const error = RUNTIME_ERROR.exec(first)?.[1]
  return error === undefined ? null : `UndefinedBehaviorSanitizer: ${error}`
}

/** Octets that LeakSanitizer says are lost; null for another report. */
export function lostMemory(text: string): number | null {
  const found = /^SUMMARY: .*: (\d+) byte\(s\) leaked in /m.exec(text)
  return found === null ? null : Number(found[1])
}
