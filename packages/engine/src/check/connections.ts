// The sequence numbers of a script's connections, as its lines tell them: what has been injected, what the stack may have
// sent. Rules about numbers look at each segment together with what was known before it.
// Read first: language/3-calls.md 4.2 and 4.3; numbers compare modulo 2^32 (RFC 9293 3.4).
import type { CallAction, Expression, PacketAction, Script, TcpBody } from '@lunadrill/parser'
import { numberOf } from './number-of.js'

/** What is known of the connection before a segment. Sequence numbers are the script's. */
export interface Known {
  /** Behind the last octet, SYN or FIN that was injected; null: nothing has been. */
  readonly injectedEnd: number | null
  /** Behind the last one that a line expects from the stack; null: none yet. */
  readonly sentEnd: number | null
  /** Behind the last one that the stack can have sent, by what has been written and closed; null: not known. */
  readonly sendable: number | null
  /** Octets that calls have handed to the stack. */
  readonly written: number
}

export interface Segment {
  readonly direction: PacketAction['direction']
  readonly body: TcpBody
  readonly known: Known
}

/** True where `a` lies behind `b`. */
export const behind = (a: number, b: number): boolean => ((a - b) | 0) > 0

/** Behind the segment's last octet, SYN or FIN. */
export const endOf = ({ seq, payloadLength, flags }: TcpBody): number =>
  (seq + payloadLength + (flags.syn ? 1 : 0) + (flags.fin ? 1 : 0)) >>> 0

/** Every TCP segment of the script, in order, but for those of connections whose numbers calls have changed. */
export function* segments(script: Script): Generator<Segment> {
  const connection = new Connection()
  for (const { action } of script.events) {
    if (action.type === 'call') connection.call(action)
    if (action.type !== 'packet' || action.body.type !== 'tcp' || action.outer.length > 0) continue
    const { direction, body } = action
    if (direction === 'inbound') connection.arriving(body)
    else connection.leaving(body)
    if (!connection.repaired) yield { direction, body, known: connection.known() }
    if (direction === 'inbound') connection.arrived(body)
    else connection.left(body)
  }
}

const SENDING = new Set(['write', 'writev', 'send', 'sendto', 'sendmsg', 'sendfile', 'splice'])

/** The one connection whose packets are matched: of the socket made last, or of its listener's child. */
class Connection {
  private state: 'new' | 'listening' | 'open' = 'new'
  private injectedEnd: number | null = null
  private sentEnd: number | null = null
  private firstOctet: number | null = null
  private written = 0
  private closed = false
  repaired = false

  private begin(state: 'new' | 'open'): void {
    this.state = state
    this.injectedEnd = null
    this.sentEnd = null
    this.firstOctet = null
    this.written = 0
    this.closed = false
  }

  known(): Known {
    const { injectedEnd, sentEnd, firstOctet, written, closed } = this
    let sendable = sentEnd
    if (firstOctet !== null) {
      const last = (firstOctet + written + (closed ? 1 : 0)) >>> 0
      if (sendable === null || behind(last, sendable)) sendable = last
    } else sendable = null
    return { injectedEnd, sentEnd, sendable, written }
  }

  call({ name, args, result }: CallAction): void {
    const returned = numberOf(result)
    if (name === 'socket' && returned !== null && returned >= 0) this.begin('new')
    else if (name === 'listen' && returned === 0 && this.state === 'new') this.state = 'listening'
    else if (name === 'close' || name === 'shutdown') this.closed = true
    else if (name === 'connect' && numberOf(args[1]) === 0) this.begin('new')
    else if (
      name === 'setsockopt' &&
      args.some((argument) => argument.type === 'word' && /REPAIR|QUEUE_SEQ/.test(argument.name))
    ) {
      this.repaired = true
    }
    if (SENDING.has(name)) this.written += handedOver(name, args, returned)
  }

  /** Before a segment is injected. */
  arriving(_body: TcpBody): void {
    if (this.state === 'listening') this.begin('open')
  }

  arrived(body: TcpBody): void {
    const end = endOf(body)
    if (this.injectedEnd === null || behind(end, this.injectedEnd)) this.injectedEnd = end
  }

  /** Before a segment is expected. */
  leaving({ flags, seq }: TcpBody): void {
    if (!flags.syn) return
    // A SYN after a connection has been up begins another one.
    if (!flags.ack && this.injectedEnd !== null) {
      const { written } = this
      this.begin('open')
      this.written = written
    }
    this.firstOctet = (seq + 1) >>> 0
  }

  left(body: TcpBody): void {
    if (body.flags.rst) return
    const end = endOf(body)
    if (this.sentEnd === null || behind(end, this.sentEnd)) this.sentEnd = end
  }
}

/** What a sending call has given to the stack; the whole request where it fails, as Fast Open may have sent it. */
function handedOver(name: string, args: CallAction['args'], returned: number | null): number {
  if (returned !== null && returned > 0) return returned
  if (name === 'sendto' || name === 'send') return Math.max(0, numberOf(args[2]) ?? 0)
  const message = name === 'sendmsg' ? args[1] : undefined
  const vectors = message?.type === 'struct' ? message.fields.get('msg_iov') : undefined
  if (vectors?.type !== 'list') return 0
  return vectors.elements.reduce((sum, vector) => sum + lengthOf(vector), 0)
}

function lengthOf(vector: Expression): number {
  return vector.type === 'struct' ? Math.max(0, numberOf(vector.fields.get('iov_len')) ?? 0) : 0
}
