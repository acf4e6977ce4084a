// Files without a name: nothing of them can stay behind, whoever is killed when. Any thread.
// Read first: open(2), O_TMPFILE.
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** O_TMPFILE | O_RDWR on Linux; Node does not name the former. */
const TEMPORARY = 0o20200002

/** Descriptor of a new file, open for reading and writing, that holds `text`; the caller closes it. */
export function namelessFile(text = ''): number {
  const fd = open()
  try {
    if (text !== '') writeSync(fd, text, 0)
    return fd
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

function open(): number {
  try {
    return openSync(tmpdir(), TEMPORARY, 0o600)
  } catch {
    // A file system without such files: a name for a moment.
    const folder = mkdtempSync(join(tmpdir(), 'lunadrill-'))
    try {
      return openSync(join(folder, 'file'), 'w+', 0o600)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
