// Descriptors as a script uses them: numbers must be open, once, and of the kind that a call needs.
// Read first: language/3-calls.md 4. What fails on purpose (`= -1`) may use a wrong kind, but never an unknown number.
import type { CallAction, Expression, ScriptEvent, Span } from '@lunadrill/parser'
import type { Report } from './finding.js'
import { numberOf } from './number-of.js'
import type { Rule } from './rule.js'

export const descriptors: Rule = {
  name: 'descriptors',
  check({ script }, report) {
    const table = new Table(report)
    for (const event of script.events) table.event(event)
  },
}

type Kind = 'socket' | 'file' | 'epoll' | 'pipe'

interface Entry {
  readonly fd: number
  readonly kind: Kind
  readonly line: number
  listening: boolean
  /** Line of its close(); null while it is open. */
  closed: number | null
}

/** Where calls name descriptors: positions of their arguments. A poll's are inside its list. */
const USES: Readonly<Record<string, readonly number[]>> = {
  sendfile: [0, 1],
  epoll_ctl: [0, 2],
  splice: [0, 2],
  socket: [],
  open: [],
  epoll_create: [],
  pipe: [],
  poll: [],
  cap_set: [],
}
const FIRST = [0] as const

const SOCKET_CALLS = new Set(
  'bind listen accept connect shutdown getsockopt setsockopt recv recvfrom recvmsg send sendto sendmsg'.split(' '),
)
const EPOLL_CALLS = new Set(['epoll_ctl', 'epoll_wait'])
const CREATORS: Readonly<Record<string, Kind>> = { socket: 'socket', open: 'file', epoll_create: 'epoll' }

class Table {
  private readonly entries: Entry[] = []
  /** The socket that packets and code belong to: `child` is a connection that has not been accepted. */
  private underTest: 'none' | 'socket' | 'listening' | 'child' = 'none'
  /** A blocking accept() is under way, or may be: the child will have its descriptor. */
  private accepting = false

  constructor(private readonly report: Report) {}

  event({ action, line }: ScriptEvent): void {
    if (action.type === 'call') this.call(action, line)
    else if (action.type === 'packet') {
      const child = this.underTest === 'listening' && action.direction === 'inbound' && action.body.type === 'tcp'
      if (child) this.underTest = this.accepting ? 'socket' : 'child'
    } else if (action.type === 'code') this.code(action.span)
  }

  private code({ start }: Span): void {
    const span = { start, end: start + 2 }
    if (this.underTest === 'none') {
      this.report.error(span, 'a code block needs a socket, and none has been made', 'it reads TCP_INFO of that socket')
    } else if (this.underTest === 'child') {
      const hint = 'its TCP_INFO cannot be read before accept() has returned it'
      this.report.warning(span, 'a code block before the new connection has been accepted', hint)
    }
  }

  private call(action: CallAction, line: number): void {
    const { name, args, result } = action
    const returned = numberOf(result)
    const succeeds = returned !== null && returned >= 0
    for (const index of USES[name] ?? FIRST) {
      // The third argument of epoll_ctl() may be of any kind.
      this.use(args[index], index === 0 ? name : '', succeeds)
    }
    if (name === 'poll') this.polled(args[0])
    if (name === 'epoll_ctl' || name === 'epoll_wait') this.epollEvent(name, args)

    const kind = Object.hasOwn(CREATORS, name) ? CREATORS[name] : undefined
    if (kind !== undefined && succeeds) {
      this.add(returned, kind, line, result.span)
      if (kind === 'socket') {
        this.underTest = 'socket'
        this.accepting = false
      }
    } else if (name === 'pipe' && returned === 0) this.pipe(args[0], line)
    else if (name === 'accept' && succeeds) this.accept(action, returned, line)
    else if (name === 'listen') this.listen(args[0], returned)
    else if (name === 'close') this.close(args[0], line)
  }

  private find(fd: number): Entry | undefined {
    return this.entries.findLast((entry) => entry.closed === null && entry.fd === fd)
  }

  private use(argument: Expression | undefined, call: string, succeeds: boolean): void {
    const fd = numberOf(argument)
    if (argument === undefined || fd === null) return
    const entry = this.find(fd)
    if (entry === undefined) {
      this.unknown(argument.span, fd)
      return
    }
    if (!succeeds) return
    if (SOCKET_CALLS.has(call) && entry.kind !== 'socket') {
      this.report.error(argument.span, `${call}() needs a socket, and ${fd} is ${named(entry)}`)
    } else if (EPOLL_CALLS.has(call) && entry.kind !== 'epoll') {
      this.report.error(argument.span, `${call}() needs an epoll descriptor, and ${fd} is ${named(entry)}`)
    } else if (call === 'accept' && !entry.listening) {
      this.report.error(argument.span, `accept() on ${fd}, which does not listen`, 'listen() comes first')
    }
  }

  private unknown(span: Span, fd: number): void {
    const last = this.entries.findLast((entry) => entry.fd === fd)
    if (last?.closed != null) {
      this.report.error(span, `descriptor ${fd} has been closed in line ${last.closed}`)
      return
    }
    const open = [...new Set(this.entries.filter(({ closed }) => closed === null).map((entry) => entry.fd))]
    const hint = open.length === 0 ? 'no descriptor is open here' : `open here: ${open.join(', ')}`
    this.report.error(span, `descriptor ${fd} has never been opened`, hint)
  }

  private polled(list: Expression | undefined): void {
    if (list?.type !== 'list') return
    for (const element of list.elements) {
      if (element.type === 'struct') this.use(element.fields.get('fd'), 'poll', true)
    }
  }

  private epollEvent(call: string, args: readonly Expression[]): void {
    const event = call === 'epoll_ctl' ? args[3] : args[1]
    if (event?.type !== 'struct') return
    const argument = event.fields.get('fd')
    this.use(argument, '', true)
    if (call !== 'epoll_ctl' || argument === undefined) return
    const [meant, written] = [numberOf(args[2]), numberOf(argument)]
    if (meant !== null && written !== null && meant !== written) {
      this.report.error(argument.span, `fd=${written} must be the third argument's descriptor, ${meant}`)
    }
  }

  private add(fd: number, kind: Kind, line: number, span: Span): void {
    const open = this.find(fd)
    if (open !== undefined) {
      const hint = `it has been open since line ${open.line}; any other number will do`
      this.report.error(span, `descriptor ${fd} is in use already`, hint)
    }
    this.entries.push({ fd, kind, line, listening: false, closed: null })
  }

  private pipe(list: Expression | undefined, line: number): void {
    if (list?.type !== 'list') return
    for (const element of list.elements) {
      const fd = numberOf(element)
      if (fd !== null) this.add(fd, 'pipe', line, element.span)
    }
  }

  private accept({ result, returnUs }: CallAction, fd: number, line: number): void {
    const open = this.find(fd)
    if (open !== undefined) {
      this.report.warning(result.span, `descriptor ${fd} is in use already (line ${open.line}); it will be hidden`)
    }
    this.entries.push({ fd, kind: 'socket', line, listening: false, closed: null })
    if (this.underTest === 'child') this.underTest = 'socket'
    else if (returnUs !== null) this.accepting = true
  }

  private listen(argument: Expression | undefined, returned: number | null): void {
    const fd = numberOf(argument)
    const entry = fd === null ? undefined : this.find(fd)
    if (entry === undefined || returned !== 0) return
    entry.listening = true
    if (this.underTest === 'socket') this.underTest = 'listening'
  }

  private close(argument: Expression | undefined, line: number): void {
    const fd = numberOf(argument)
    const entry = fd === null ? undefined : this.find(fd)
    if (entry !== undefined) entry.closed = line
  }
}

function named({ kind }: Entry): string {
  return kind === 'epoll' ? 'an epoll descriptor' : kind === 'pipe' ? 'an end of a pipe' : `a ${kind}`
}
