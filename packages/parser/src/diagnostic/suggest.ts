// "Did you mean": the nearest of the words that could have stood here.

/** Insertions, deletions, substitutions and swaps of neighbours between two short words. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      let cost = Math.min(
        (last[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (last[column - 1] as number) + (same ? 0 : 1),
      )
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, (beforeLast[column - 2] as number) + 1)
      }
      current.push(cost)
    }
    beforeLast = last
    last = current
  }
  return last[b.length] as number
}

/** The candidate that `word` was probably meant to be, or null. Only the case differing always counts as near. */
export function suggest(word: string, candidates: Iterable<string>): string | null {
  if (word.length > 40) return null
  const lower = word.toLowerCase()
  let best: string | null = null
  let bestDistance = 3
  for (const candidate of candidates) {
    if (candidate === word) continue
    const distance = candidate.toLowerCase() === lower ? 0 : editDistance(word, candidate)
    // One mistake in three letters is a slip, more is another word.
    const allowed = Math.floor(Math.max(word.length, candidate.length) / 3)
    if (distance < bestDistance && distance <= allowed) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}
