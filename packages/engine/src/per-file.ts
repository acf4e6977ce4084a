// What has been found out of a file, kept as long as the file stays the same.
import { statSync } from 'node:fs'

/** `read`, called once for each state of a file: its inode, size and time of change. */
export function perFile<Found>(read: (path: string) => Found): (path: string) => Found {
  const kept = new Map<string, { readonly state: string; readonly found: Found }>()
  return (path) => {
    const stat = statSync(path, { throwIfNoEntry: false })
    const state = `${stat?.ino} ${stat?.size} ${stat?.mtimeMs}`
    const known = kept.get(path)
    if (known?.state === state) return known.found
    const found = read(path)
    kept.set(path, { state, found })
    return found
  }
}
