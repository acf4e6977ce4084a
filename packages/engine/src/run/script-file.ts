// The text of a script from its path: a file or a pipe, of a size that a script can have, and never waited for in vain.
// Supervisor. Read first: open(2) O_NONBLOCK, fifo(7).
import { constants, fstatSync, openSync, readSync } from 'node:fs'

/** Octets. 100,000 events take 5 MB; the syntax tree of 16 MiB may fill a gigabyte. */
export const SCRIPT_SIZE_LIMIT = 16 * 2 ** 20
/** How long a pipe may keep silent before its first octet, and between two. */
const PATIENCE_MS = 5000
const CHUNK = 1 << 16

/** What is no script, though it can be opened. Errors of the system are thrown as Node makes them. */
export class ScriptFileError extends Error {
  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message)
  }
}

/** A pipe that nobody writes to would keep open(2) from returning, and Ctrl-C from being seen. Throws the system's error. */
export const openScript = (path: string): number => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)

/** Invalid UTF-8 becomes U+FFFD, which the parser refuses outside comments. Throws ScriptFileError, or the system's error. */
export function readScriptFile(fd: number): string {
  const stat = fstatSync(fd)
  if (stat.size > SCRIPT_SIZE_LIMIT) throw tooLarge()
  if (!stat.isFile() && !stat.isFIFO() && !stat.isDirectory()) {
    throw new ScriptFileError('it is a device or a socket', 'a script is a file, or comes through a pipe')
  }
  return readAll(fd, stat.isFIFO())
}

const tooLarge = () =>
  new ScriptFileError(`it has more than ${SCRIPT_SIZE_LIMIT / 2 ** 20} MiB`, 'is it a script? if so, divide it')

function readAll(fd: number, pipe: boolean): string {
  const chunks: Buffer[] = []
  let length = 0
  let silentSince = performance.now()
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK)
    const octets = readSome(fd, chunk)
    if (octets === 0 && (!pipe || length > 0)) return Buffer.concat(chunks).toString('utf8')
    if (octets === 0 || octets === null) {
      // No writer yet, or one that takes its time.
      if (performance.now() - silentSince > PATIENCE_MS) {
        const message = `nothing came through this pipe for ${PATIENCE_MS / 1000} s`
        throw new ScriptFileError(message, 'does the program at its other end still write?')
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
      continue
    }
    silentSince = performance.now()
    length += octets
    if (length > SCRIPT_SIZE_LIMIT) throw tooLarge()
    chunks.push(chunk.subarray(0, octets))
  }
}

/** 0 at the end; null where there is nothing just now. */
function readSome(fd: number, into: Buffer): number | null {
  try {
    return readSync(fd, into)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return null
    throw error
  }
}
