// The tail of a line of `ss -i`: `ts sack wscale:7,7 rto:204 rtt:0.5/0.25 mss:1460 cwnd:10 …`, in ss's words, units
// (milliseconds, segments) and order, from luna_tcp_info's fields. What the stack does not know is left out; zeros too
// where ss leaves them out. Read first: ss(8); dpdk-native/include/luna_stack.h.

type Fields = ReadonlyMap<string, number | bigint>

/** From here on ss takes a threshold for "none yet". */
const noThreshold = 0xffff
/** What Linux assumes before it has seen any reordering; ss shows only another one. */
const usualReordering = 3

export function tcpFieldsText(fields: Fields): string {
  const known = (name: string) => Number(fields.get(name) ?? 0)
  const parts: string[] = []
  const number = (label: string, name: string) => known(name) !== 0 && parts.push(`${label}:${known(name)}`)
  const milliseconds = (label: string, name: string) => known(name) !== 0 && parts.push(`${label}:${ms(known(name))}`)

  const options = known('options')
  for (const [bit, word] of optionWords) if ((options & bit) !== 0) parts.push(word)
  if ((options & 4) !== 0) parts.push(`wscale:${known('snd_wscale')},${known('rcv_wscale')}`)
  milliseconds('rto', 'rto_us')
  number('backoff', 'backoff')
  if (known('rtt_us') !== 0) {
    const variance = fields.has('rttvar_us') ? `/${ms(known('rttvar_us'))}` : ''
    parts.push(`rtt:${ms(known('rtt_us'))}${variance}`)
  }
  milliseconds('ato', 'ato_us')
  number('mss', 'snd_mss')
  number('pmtu', 'pmtu')
  number('rcvmss', 'rcv_mss')
  number('advmss', 'advmss')
  number('cwnd', 'snd_cwnd')
  if (known('snd_ssthresh') < noThreshold) number('ssthresh', 'snd_ssthresh')
  number('bytes_acked', 'bytes_acked')
  number('bytes_received', 'bytes_received')
  number('segs_out', 'segs_out')
  number('segs_in', 'segs_in')
  number('data_segs_out', 'data_segs_out')
  number('data_segs_in', 'data_segs_in')
  const bitsPerWindow = known('snd_cwnd') * known('snd_mss') * 8
  if (bitsPerWindow > 0 && known('rtt_us') > 0) {
    parts.push(`send ${Math.round((bitsPerWindow * 1e6) / known('rtt_us'))}bps`)
  }
  number('lastsnd', 'last_data_sent_ms')
  number('lastrcv', 'last_data_recv_ms')
  number('lastack', 'last_ack_recv_ms')
  if (known('delivery_rate') !== 0) parts.push(`delivery_rate ${known('delivery_rate') * 8}bps`)
  number('delivered', 'delivered')
  number('unacked', 'unacked')
  if (known('retrans') !== 0 || known('total_retrans') !== 0) {
    parts.push(`retrans:${known('retrans')}/${known('total_retrans')}`)
  }
  number('lost', 'lost')
  number('sacked', 'sacked')
  if (known('reordering') !== usualReordering) number('reordering', 'reordering')
  milliseconds('rcv_rtt', 'rcv_rtt_us')
  number('rcv_space', 'rcv_space')
  number('rcv_ssthresh', 'rcv_ssthresh')
  number('notsent', 'notsent_bytes')
  milliseconds('minrtt', 'min_rtt_us')
  number('snd_wnd', 'snd_wnd')
  number('rcv_wnd', 'rcv_wnd')
  return parts.join(' ')
}

/** Bits of `options` in the order in which ss names them; window scale (4) comes with its numbers. */
const optionWords: readonly (readonly [bit: number, word: string])[] = [
  [1, 'ts'],
  [2, 'sack'],
  [8, 'ecn'],
]

/** Six significant digits, as C's %g. */
function ms(microseconds: number): string {
  return String(Number((microseconds / 1000).toPrecision(6)))
}
