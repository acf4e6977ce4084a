// The records of include/luna_stack.h as data: where each field lies. Little-endian; offsets and sizes in octets.
// test/luna-layout.test.ts compiles the header and compares. `field` is the bit in `known` (tcp_info only).

export interface LunaField {
  readonly name: string
  readonly offset: number
  readonly size: 1 | 2 | 4 | 8 | 16
}

/** A field of luna_tcp_info: bit `field` of `known` (a 64-bit number at offset 0) says whether it means something. */
export interface LunaTcpInfoField extends LunaField {
  readonly field: number
}

const wide = new Set(['bytes_acked', 'bytes_received', 'delivery_rate'])

const tcpInfoNames = [
  'state',
  'ca_state',
  'retransmits',
  'probes',
  'backoff',
  'options',
  'snd_wscale',
  'rcv_wscale',
  'rto_us',
  'ato_us',
  'snd_mss',
  'rcv_mss',
  'unacked',
  'sacked',
  'lost',
  'retrans',
  'fackets',
  'last_data_sent_ms',
  'last_ack_sent_ms',
  'last_data_recv_ms',
  'last_ack_recv_ms',
  'pmtu',
  'rcv_ssthresh',
  'rtt_us',
  'rttvar_us',
  'snd_ssthresh',
  'snd_cwnd',
  'advmss',
  'reordering',
  'rcv_rtt_us',
  'rcv_space',
  'total_retrans',
  'bytes_acked',
  'bytes_received',
  'segs_out',
  'segs_in',
  'notsent_bytes',
  'min_rtt_us',
  'data_segs_in',
  'data_segs_out',
  'delivery_rate',
  'delivered',
  'snd_wnd',
  'rcv_wnd',
  'snd_una',
  'snd_nxt',
  'rcv_nxt',
  'dupacks',
  'cwnd_bytes',
  'ssthresh_bytes',
] as const

export type LunaTcpInfoName = (typeof tcpInfoNames)[number]

function place(): (LunaTcpInfoField & { readonly name: LunaTcpInfoName })[] {
  let offset = 8
  return tcpInfoNames.map((name, field) => {
    const size = wide.has(name) ? 8 : 4
    const at = offset
    offset += size
    return { name, field, offset: at, size } as const
  })
}

/** Fields of luna_tcp_info in the order of their bits in `known`. */
export const lunaTcpInfoFields: readonly (LunaTcpInfoField & { readonly name: LunaTcpInfoName })[] = place()

/** Octets of luna_tcp_info; offset of `known`. */
export const LunaTcpInfo = { known: 0, size: 224 } as const

/** luna_socket_info: offsets, and its size. The `tcp` part is a luna_tcp_info, meaningful where `flags` has bit 0. */
export const LunaSocketInfo = {
  fd: 0,
  protocol: 4,
  family: 8,
  state: 12,
  localIp: 16,
  remoteIp: 32,
  localPort: 48,
  remotePort: 50,
  recvq: 52,
  sendq: 56,
  timer: 60,
  timerMs: 64,
  timerRetransmits: 68,
  flags: 72,
  tcp: 80,
  size: 304,
} as const

/** RFC 9293's names by number of luna_tcp_state (Linux's numbers). */
export const lunaTcpStates: readonly string[] = [
  '',
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RCVD',
  'FIN_WAIT_1',
  'FIN_WAIT_2',
  'TIME_WAIT',
  'CLOSED',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'CLOSING',
]

/** Names by number of luna_timer, as `ss` says them. */
export const lunaTimers: readonly string[] = ['none', 'on', 'keepalive', 'timewait', 'persist']

/** A bit of luna_stack_v1.capabilities. */
export interface LunaCapability {
  /** As in the header, without LUNA_CAP_. */
  readonly name: string
  readonly bit: number
  /** What a stack without it lacks, in words: "stack lacks …". */
  readonly words: string
}

const capabilities = [
  ['TCP', 'TCP'],
  ['UDP', 'UDP'],
  ['IPV4', 'IPv4'],
  ['IPV6', 'IPv6'],
  ['CLOCK_HOOK', 'virtual time'],
  ['RELOAD', 'a fresh instance by unloading'],
  ['RESET', 'reset()'],
  ['DETERMINISTIC', 'the same frames each time'],
  ['DUAL_STACK', 'IPv4-mapped addresses'],
  ['ICMP_ERRORS', 'ICMP errors at its sockets'],
  ['URGENT', 'urgent data'],
  ['CONTROL', 'control messages'],
  ['ERROR_QUEUE', 'an error queue'],
  ['IOCTL', 'ioctl()'],
  ['ALLOC_FAULT', 'allocation failures on demand'],
  ['TIMESTAMPING', 'time stamps of packets'],
  ['FASTOPEN', 'TCP Fast Open'],
  ['ZEROCOPY', 'MSG_ZEROCOPY'],
  ['PING_SOCKETS', 'ICMP sockets'],
] as const

export type LunaCapabilityName = (typeof capabilities)[number][0]

/** All capabilities, in the order of their bits. */
export const lunaCapabilities: readonly (LunaCapability & { readonly name: LunaCapabilityName })[] = capabilities.map(
  ([name, words], bit) => ({ name, bit, words }),
)

/** Version of the interface that this package's host speaks: MAJOR.MINOR. */
export const lunaAbi = { major: 1, minor: 1 } as const
