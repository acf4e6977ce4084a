// One socket or connection of a stack under test, as `netstat` and `ss` show it.
// Read first: dpdk-native/include/luna_stack.h, luna_socket_info.

export interface SocketRow {
  /** -1: not yet accepted, or closed by the program and still in some state. */
  readonly fd: number
  readonly protocol: 'tcp' | 'udp'
  readonly family: 'ipv4' | 'ipv6'
  /** RFC 9293's name: ESTABLISHED, SYN_RCVD, FIN_WAIT_1, … UDP: ESTABLISHED where connected, else CLOSED. */
  readonly state: string
  /** Dotted, or with colons; 0.0.0.0 and :: any. */
  readonly localIp: string
  readonly remoteIp: string
  /** 0: none. */
  readonly localPort: number
  readonly remotePort: number
  /** Octets not read; of a listener: connections to accept. */
  readonly recvq: number
  /** Octets not acknowledged; of a listener: its backlog. */
  readonly sendq: number
  /** `none`, `on` (retransmission), `keepalive`, `timewait` or `persist`. */
  readonly timer: string
  /** Milliseconds until it expires. */
  readonly timerMs: number
  /** How often it has expired. */
  readonly timerRetransmits: number
  /** What the stack knows of the connection, by luna_tcp_info's names; null where there is none. */
  readonly tcp: ReadonlyMap<string, number | bigint> | null
}
