// union tcp_cc_info, what getsockopt(TCP_CC_INFO) returns: octets whose meaning depends on the congestion control.
// Which one it is, the octets do not say; packetdrill reads them in every layout that fits, and so do we.
// Read first: linux/inet_diag.h; field.ts.
import { decodeFields, type Field, type FieldValues, sequence } from './field.js'

const bbr: readonly Field[] = sequence(0, 4, [
  'bbr_bw_lo',
  'bbr_bw_hi',
  'bbr_min_rtt',
  'bbr_pacing_gain',
  'bbr_cwnd_gain',
])

const dctcp: readonly Field[] = [
  ...sequence(0, 2, ['dctcp_enabled', 'dctcp_ce_state']),
  ...sequence(4, 4, ['dctcp_alpha', 'dctcp_ab_ecn', 'dctcp_ab_tot']),
]

// The last two lack the v, as packetdrill names them.
const vegas: readonly Field[] = sequence(0, 4, ['tcpv_enabled', 'tcpv_rttcnt', 'tcp_rtt', 'tcp_minrtt'])

/** Octets of the longest layout: what to offer to getsockopt. */
export const tcpCcInfoSize = 20

/** BBR's names from 20 octets on, those of DCTCP and Vegas from 16; none for reno and cubic, which return 0 octets. */
export function decodeTcpCcInfo(octets: Uint8Array): FieldValues {
  const values = new Map<string, number | bigint>()
  if (octets.byteLength >= 20) {
    const { bbr_bw_lo: low, bbr_bw_hi: high, ...rest } = Object.fromEntries(decodeFields(bbr, octets))
    values.set('bbr_bw_lo', low!).set('bbr_bw_hi', high!)
    values.set('bbr_bw', (BigInt(high!) << 32n) + BigInt(low!))
    for (const [name, value] of Object.entries(rest)) values.set(name, value)
  }
  if (octets.byteLength >= 16) {
    for (const [name, value] of decodeFields([...dctcp, ...vegas], octets)) values.set(name, value)
  }
  return values
}

/** Every name that decodeTcpCcInfo can give, in its order. */
export const tcpCcInfoNames: readonly string[] = [...decodeTcpCcInfo(new Uint8Array(tcpCcInfoSize)).keys()]
