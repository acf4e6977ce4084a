// The script's descriptor numbers and the live ones behind them. Interpreter thread.
// Read first: language/3-calls.md 4.1.
import type { TrackedSocket } from '../flow/tracked-socket.js'
import { ValueError } from './evaluate.js'

/** What a descriptor is of. `ping`: a datagram socket of ICMP, whose payload begins with a type (3-calls.md 3.2). */
export type Behind =
  | { readonly kind: 'socket'; readonly socket: TrackedSocket; readonly ping: boolean }
  | { readonly kind: 'file' | 'pipe' | 'epoll' }

interface Entry {
  readonly scriptFd: number
  readonly liveFd: number
  readonly behind: Behind
  closed: boolean
}

export class Descriptors {
  /** Newest last; look-ups take the newest open one. */
  private readonly entries: Entry[] = []

  /** A call has returned `liveFd`, which the script calls `scriptFd`. */
  add(scriptFd: number, liveFd: number, behind: Behind): void {
    this.refuseDuplicate(scriptFd, liveFd)
    this.replace(scriptFd, liveFd, behind)
  }

  refuseDuplicate(scriptFd: number, liveFd: number): void {
    if (this.find(scriptFd)) throw new ValueError(`duplicate fd ${scriptFd} in script`)
    if (this.entries.some((entry) => !entry.closed && entry.liveFd === liveFd)) {
      throw new ValueError(`duplicate live fd ${liveFd}`)
    }
  }

  /** accept(): no check for duplicates, as upstream. */
  replace(scriptFd: number, liveFd: number, behind: Behind): void {
    this.entries.push({ scriptFd, liveFd, behind, closed: false })
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

  live(scriptFd: number): number {
    return this.get(scriptFd).liveFd
  }

  /** ValueError where the descriptor is of no socket. */
  socket(scriptFd: number): TrackedSocket {
    const { behind } = this.get(scriptFd)
    if (behind.kind === 'socket') return behind.socket
    throw new ValueError(
      `unable to find socket with script fd ${scriptFd}`,
      `it is a descriptor of kind ${behind.kind}`,
    )
  }

  close(scriptFd: number): void {
    const entry = this.find(scriptFd)
    if (entry !== undefined) entry.closed = true
  }
}
