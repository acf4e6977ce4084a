// The script's descriptor numbers and the live ones behind them. Interpreter thread.
// Read first: language/3-calls.md 4.1.
import type { TrackedSocket } from '../flow/tracked-socket.js'
import { ValueError } from './evaluate.js'

interface Entry {
  readonly scriptFd: number
  readonly liveFd: number
  readonly socket: TrackedSocket
  closed: boolean
}

export class Descriptors {
  /** Newest last; look-ups take the newest open one. */
  private readonly entries: Entry[] = []

  /** socket() has returned `liveFd`, which the script calls `scriptFd`. */
  add(scriptFd: number, liveFd: number, socket: TrackedSocket): void {
    if (this.find(scriptFd)) throw new ValueError(`duplicate fd ${scriptFd} in script`)
    if (this.entries.some((entry) => !entry.closed && entry.liveFd === liveFd)) {
      throw new ValueError(`duplicate live fd ${liveFd}`)
    }
    this.replace(scriptFd, liveFd, socket)
  }

  /** accept(): no check for duplicates, as upstream. */
  replace(scriptFd: number, liveFd: number, socket: TrackedSocket): void {
    this.entries.push({ scriptFd, liveFd, socket, closed: false })
  }

  find(scriptFd: number): Entry | undefined {
    return this.entries.findLast((entry) => !entry.closed && entry.scriptFd === scriptFd)
  }

  /** ValueError where the script has no such open descriptor. */
  get(scriptFd: number): Entry {
    const entry = this.find(scriptFd)
    if (entry !== undefined) return entry
    const open = this.entries.filter(({ closed }) => !closed).map((each) => each.scriptFd)
    const hint = open.length === 0 ? 'no descriptor is open here' : `open here: ${open.join(', ')}`
    throw new ValueError(`unable to find fd with script fd ${scriptFd}`, hint)
  }

  close(scriptFd: number): void {
    const entry = this.find(scriptFd)
    if (entry !== undefined) entry.closed = true
  }
}
