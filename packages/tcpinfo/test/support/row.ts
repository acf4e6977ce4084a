import type { SocketRow } from '../../src/text/socket-row.js'

/** An established connection of a server on 8080; a test states what differs. */
export const connection: SocketRow = {
  fd: 4,
  protocol: 'tcp',
  family: 'ipv4',
  state: 'ESTABLISHED',
  localIp: '192.168.0.2',
  remoteIp: '192.0.2.1',
  localPort: 8080,
  remotePort: 40001,
  recvq: 0,
  sendq: 1000,
  timer: 'on',
  timerMs: 204,
  timerRetransmits: 0,
  tcp: new Map<string, number | bigint>([
    ['state', 1],
    ['options', 7],
    ['snd_wscale', 7],
    ['rcv_wscale', 10],
    ['rto_us', 204_000],
    ['rtt_us', 500],
    ['rttvar_us', 250],
    ['snd_mss', 1460],
    ['snd_cwnd', 10],
    ['snd_ssthresh', 0x7fffffff],
    ['bytes_acked', 1n],
    ['unacked', 1],
    ['retrans', 0],
    ['total_retrans', 2],
    ['snd_wnd', 128_000],
  ]),
}

export const listener: SocketRow = {
  ...connection,
  fd: 3,
  state: 'LISTEN',
  localIp: '0.0.0.0',
  remoteIp: '0.0.0.0',
  remotePort: 0,
  sendq: 1,
  timer: 'none',
  timerMs: 0,
  tcp: new Map([['unacked', 0]]),
}

export const datagrams: SocketRow = { ...listener, fd: 5, protocol: 'udp', state: 'CLOSED', sendq: 0, tcp: null }
