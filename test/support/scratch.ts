// A place for a test's scripts, and names that say why a suite is skipped.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A folder of a test file's own, with `script(text)` to write scripts into it; goes with the file's tests. */
export function scratch() {
  const folder = mkdtempSync(join(tmpdir(), 'e2e-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  afterAll(remove)
  let count = 0
  return {
    folder,
    script(text: string, name = `script-${count++}.pkt`): string {
      const path = join(folder, name)
      writeFileSync(path, text)
      return path
    },
    remove,
  }
}

/** A suite's name, with the reason where it is skipped: `npm test` lists these names. */
export const named = (name: string, reason: string | undefined) =>
  reason === undefined ? name : `${name} (skipped: ${reason})`
