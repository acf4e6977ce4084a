// A file that another process writes, read as it grows. It can be read on when its name has gone. Supervisor.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

export class Follower {
  private readonly fd: number
  private closed = false
  /** Octets that `next` has given so far. */
  at = 0

  /** The file must be there. */
  constructor(path: string) {
    this.fd = openSync(path, 'r')
  }

  /** Octets. */
  length(): number {
    return this.closed ? this.at : fstatSync(this.fd).size
  }

  /** What has come since the last call. */
  next(): Buffer {
    const octets = this.from(this.at)
    this.at += octets.length
    return octets
  }

  /** All behind the first `start` octets. */
  from(start: number): Buffer {
    const octets = Buffer.alloc(Math.max(0, this.length() - start))
    return octets.subarray(0, this.closed ? 0 : readSync(this.fd, octets, 0, octets.length, start))
  }

  /** May be called twice. */
  close(): void {
    if (!this.closed) closeSync(this.fd)
    this.closed = true
  }
}
