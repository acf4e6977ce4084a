// Whether two scripts are the same but for where their parts stand.

/** What tells a place; a node is the same wherever it stands. */
const PLACES = new Set(['span', 'nameSpan', 'line', 'column'])

/** Compares trees of plain objects, lists, Maps and values. */
export function sameTree(left: unknown, right: unknown): boolean {
  if (left instanceof Map && right instanceof Map) return sameTree([...left], [...right])
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) {
    return Object.is(left, right)
  }
  if (Array.isArray(left) !== Array.isArray(right)) return false
  const keys = keysOf(left)
  const others = keysOf(right)
  if (keys.length !== others.length) return false
  return keys.every((key) => Object.hasOwn(right, key) && sameTree(property(left, key), property(right, key)))
}

const keysOf = (node: object) => Object.keys(node).filter((key) => !PLACES.has(key))
const property = (node: object, key: string) => (node as Readonly<Record<string, unknown>>)[key]
