// A file's new content, all of it or none: written beside the old one, then moved over it.
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Keeps mode and, where allowed, owner; behind a symbolic link the file that it names. Throws Node's errors with a code. */
export function replaceFile(path: string, octets: Uint8Array): void {
  const target = realpathSync(path)
  const { mode, uid, gid } = statSync(target)
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`)
  const descriptor = openSync(temporary, 'wx', 0o600)
  try {
    try {
      for (let at = 0; at < octets.length; ) at += writeSync(descriptor, octets, at)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    keepOwner(temporary, uid, gid)
    chmodSync(temporary, mode & 0o7777)
    renameSync(temporary, target)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** Another user's file that we may replace becomes ours, as with any editor. */
function keepOwner(path: string, uid: number, gid: number): void {
  try {
    chownSync(path, uid, gid)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error
  }
}
