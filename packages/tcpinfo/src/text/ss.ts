// The text of `ss -tinoO` (iproute2) for the connections of a stack under test: each on one line, so that a grep for a
// port finds `cwnd:` too. Listeners and closed sockets are shown where `all` are asked for, as by `ss -a`; unlike there,
// SYN_RCVD and TIME_WAIT always are, since tests ask for them. Read first: socket-row.ts; tcp-fields.ts.
import { bracketed, portText } from './address.js'
import type { SocketRow } from './socket-row.js'
import { tcpFieldsText } from './tcp-fields.js'

/** ss's own names of states. */
const states: ReadonlyMap<string, string> = new Map([
  ['ESTABLISHED', 'ESTAB'],
  ['SYN_SENT', 'SYN-SENT'],
  ['SYN_RCVD', 'SYN-RECV'],
  ['FIN_WAIT_1', 'FIN-WAIT-1'],
  ['FIN_WAIT_2', 'FIN-WAIT-2'],
  ['TIME_WAIT', 'TIME-WAIT'],
  ['CLOSE_WAIT', 'CLOSE-WAIT'],
  ['LAST_ACK', 'LAST-ACK'],
  ['CLOSING', 'CLOSING'],
  ['LISTEN', 'LISTEN'],
  ['CLOSED', 'UNCONN'],
])
const unconnected: ReadonlySet<string> = new Set(['LISTEN', 'CLOSED'])

/** What `ss -t` is about: TCP connections; with `all`, listeners and closed sockets too. */
export function ssRows(sockets: readonly SocketRow[], all = false): readonly SocketRow[] {
  const shown = ({ protocol, state }: SocketRow) => protocol === 'tcp' && states.has(state)
  return sockets.filter((socket) => shown(socket) && (all || !unconnected.has(socket.state)))
}

/** A header and a line per row of `ssRows`; ends with a newline. */
export function ssText(sockets: readonly SocketRow[], all = false): string {
  const rows = ssRows(sockets, all)
  const table = [
    ['State', 'Recv-Q', 'Send-Q', 'Local Address', 'Port', 'Peer Address', 'Port'],
    ...rows.map((socket) => [
      states.get(socket.state)!,
      String(socket.recvq),
      String(socket.sendq),
      bracketed(socket.localIp),
      portText(socket.localPort),
      bracketed(socket.remoteIp),
      portText(socket.remotePort),
    ]),
  ]
  const widths = table[0]!.map((_, column) => Math.max(...table.map((cells) => cells[column]!.length)))
  const columns = table.map((cells) => alignedLine(cells, widths))
  const lines = columns.map((text, index) =>
    `${text} ${index === 0 ? 'Process' : moreText(rows[index - 1]!)}`.trimEnd(),
  )
  return `${lines.join('\n')}\n`
}

/** Addresses lean right and ports left, so that their colons stand in one column. */
function alignedLine(cells: readonly string[], widths: readonly number[]): string {
  const left = (column: number) => cells[column]!.padEnd(widths[column]!)
  const right = (column: number) => cells[column]!.padStart(widths[column]!)
  return `${left(0)} ${left(1)} ${left(2)} ${right(3)}:${left(4)} ${right(5)}:${left(6)}`
}

function moreText(socket: SocketRow): string {
  // Of a listener they would be its queue, which the columns show.
  const tcp = socket.state === 'LISTEN' ? null : socket.tcp
  return [timerText(socket), tcpFieldsText(tcp ?? new Map())].filter((part) => part !== '').join(' ')
}

function timerText(socket: SocketRow): string {
  if (socket.timer === 'none') return ''
  return `timer:(${socket.timer},${durationText(socket.timerMs)},${socket.timerRetransmits})`
}

/** ss's way: `200ms`, `1.200ms` (its word for 1.2 s), `10sec`, `1min59sec`, `119min`. */
function durationText(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000)
  const seconds = minutes > 9 ? 0 : Math.floor(milliseconds / 1000) % 60
  const rest = minutes > 0 || seconds > 9 ? 0 : milliseconds % 1000
  const parts = [
    minutes > 0 ? `${minutes}min` : '',
    seconds > 0 ? `${seconds}${rest > 0 ? '.' : 'sec'}` : '',
    rest > 0 ? `${String(rest).padStart(3, '0')}ms` : '',
  ]
  return parts.join('') || '0ms'
}
