// The text of `netstat -anp` (net-tools) for the sockets of a stack under test. The columns are net-tools', the states'
// names are RFC 9293's: SYN_RCVD where net-tools says SYN_RECV, FIN_WAIT_1 for FIN_WAIT1, CLOSED for CLOSE.
// Read first: socket-row.ts.
import { endPoint } from './address.js'
import type { SocketRow } from './socket-row.js'

const title = 'Active Internet connections (servers and established)'

/** TCP before UDP, otherwise in the order given; ends with a newline. */
export function netstatText(sockets: readonly SocketRow[]): string {
  const rows = [...sockets.filter(isTcp), ...sockets.filter((socket) => !isTcp(socket))].map(cells)
  const header = ['Proto', 'Recv-Q', 'Send-Q', 'Local Address', 'Foreign Address', 'State', 'PID/Program name'] as const
  return `${[title, ...[header, ...rows].map(line)].join('\n')}\n`
}

type Cells = readonly [
  protocol: string,
  recvq: string,
  sendq: string,
  local: string,
  remote: string,
  state: string,
  program: string,
]

function line([protocol, recvq, sendq, local, remote, state, program]: Cells): string {
  const queues = `${recvq.padStart(6)} ${sendq.padStart(6)}`
  return `${protocol.padEnd(5)} ${queues} ${local.padEnd(23)} ${remote.padEnd(23)} ${state.padEnd(11)} ${program.padEnd(20)}`
}

function cells(socket: SocketRow): Cells {
  // net-tools shows a listener's backlog nowhere, and no state for an unconnected UDP socket.
  const sendq = socket.state === 'LISTEN' ? 0 : socket.sendq
  const state = !isTcp(socket) && socket.state === 'CLOSED' ? '' : socket.state
  return [
    socket.family === 'ipv6' ? `${socket.protocol}6` : socket.protocol,
    String(socket.recvq),
    String(sendq),
    endPoint(socket.localIp, socket.localPort),
    endPoint(socket.remoteIp, socket.remotePort),
    state,
    // What net-tools writes where it cannot tell the program: the stack's sockets belong to the run itself.
    '-',
  ]
}

function isTcp(socket: SocketRow): boolean {
  return socket.protocol === 'tcp'
}
