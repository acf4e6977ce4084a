// Whether two scripts are the same but for where their parts stand.

/** What tells a place; a node is the same wherever it stands. */
const PLACES = new Set(['span', 'nameSpan', 'line', 'column'])

/** Compares trees of plain objects, lists, Maps and values. */
export function sameTree(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (left instanceof Map && right instanceof Map) return sameTree([...left], [...right])
  if (Array.isArray(left) !== Array.isArray(right)) return false
  let count = 0
  for (const key in left) {
    if (PLACES.has(key)) continue
    count++
    if (!Object.hasOwn(right, key) || !sameTree(property(left, key), property(right, key))) return false
  }
  for (const key in right) if (!PLACES.has(key)) count--
  return count === 0
}

const property = (node: object, key: string) => (node as Readonly<Record<string, unknown>>)[key]
