// struct tcp_info, what getsockopt(TCP_INFO) returns. Linux only ever appends, and gives as many octets as it has, so
// the last field says which kernel spoke. Times: microseconds, except last_* and total_rto_time (milliseconds).
// Read first: linux/tcp.h; field.ts.
import { decodeFields, type Field, type FieldValues, sequence } from './field.js'

export const tcpInfoFields: readonly Field[] = [
  ...sequence(0, 1, ['tcpi_state', 'tcpi_ca_state', 'tcpi_retransmits', 'tcpi_probes', 'tcpi_backoff', 'tcpi_options']),
  { name: 'tcpi_snd_wscale', offset: 6, size: 1, bits: [0, 4] },
  { name: 'tcpi_rcv_wscale', offset: 6, size: 1, bits: [4, 4] },
  { name: 'tcpi_delivery_rate_app_limited', offset: 7, size: 1, bits: [0, 1] },
  { name: 'tcpi_fastopen_client_fail', offset: 7, size: 1, bits: [1, 2] },
  ...sequence(8, 4, [
    'tcpi_rto',
    'tcpi_ato',
    'tcpi_snd_mss',
    'tcpi_rcv_mss',
    'tcpi_unacked',
    'tcpi_sacked',
    'tcpi_lost',
    'tcpi_retrans',
    'tcpi_fackets',
    'tcpi_last_data_sent',
    'tcpi_last_ack_sent',
    'tcpi_last_data_recv',
    'tcpi_last_ack_recv',
    'tcpi_pmtu',
    'tcpi_rcv_ssthresh',
    'tcpi_rtt',
    'tcpi_rttvar',
    'tcpi_snd_ssthresh',
    'tcpi_snd_cwnd',
    'tcpi_advmss',
    'tcpi_reordering',
    'tcpi_rcv_rtt',
    'tcpi_rcv_space',
    'tcpi_total_retrans',
  ]),
  // 3.15: the pacing rates; 4.1: the octets.
  ...sequence(104, 8, ['tcpi_pacing_rate', 'tcpi_max_pacing_rate', 'tcpi_bytes_acked', 'tcpi_bytes_received']),
  // 4.2: the segments; 4.6.
  ...sequence(136, 4, [
    'tcpi_segs_out',
    'tcpi_segs_in',
    'tcpi_notsent_bytes',
    'tcpi_min_rtt',
    'tcpi_data_segs_in',
    'tcpi_data_segs_out',
  ]),
  // 4.9: the delivery rate; 4.10.
  ...sequence(160, 8, ['tcpi_delivery_rate', 'tcpi_busy_time', 'tcpi_rwnd_limited', 'tcpi_sndbuf_limited']),
  // 4.18.
  ...sequence(192, 4, ['tcpi_delivered', 'tcpi_delivered_ce']),
  // 4.19.
  ...sequence(200, 8, ['tcpi_bytes_sent', 'tcpi_bytes_retrans']),
  // 4.19; rcv_ooopack 5.4; snd_wnd 5.4; rcv_wnd and rehash 6.2.
  ...sequence(216, 4, [
    'tcpi_dsack_dups',
    'tcpi_reord_seen',
    'tcpi_rcv_ooopack',
    'tcpi_snd_wnd',
    'tcpi_rcv_wnd',
    'tcpi_rehash',
  ]),
  // 6.7.
  ...sequence(240, 2, ['tcpi_total_rto', 'tcpi_total_rto_recoveries']),
  { name: 'tcpi_total_rto_time', offset: 244, size: 4 },
  // 6.18, Accurate ECN.
  ...sequence(248, 4, [
    'tcpi_received_ce',
    'tcpi_delivered_e1_bytes',
    'tcpi_delivered_e0_bytes',
    'tcpi_delivered_ce_bytes',
    'tcpi_received_e1_bytes',
    'tcpi_received_e0_bytes',
    'tcpi_received_ce_bytes',
  ]),
  // packetdrill's reading, that of kernels after 6.18. 6.18 itself has two 16-bit fields in this place (fail mode, then
  // option seen) and the same size, so it cannot be told apart; without Accurate ECN all of them are 0 in both.
  { name: 'tcpi_ecn_mode', offset: 276, size: 4, bits: [0, 2] },
  { name: 'tcpi_accecn_opt_seen', offset: 276, size: 4, bits: [2, 2] },
  { name: 'tcpi_accecn_fail_mode', offset: 276, size: 4, bits: [4, 4] },
  { name: 'tcpi_options2', offset: 276, size: 4, bits: [8, 24] },
]

/** Octets of the whole structure: what to offer to getsockopt. */
export const tcpInfoSize = 280

export function decodeTcpInfo(octets: Uint8Array): FieldValues {
  return decodeFields(tcpInfoFields, octets)
}
