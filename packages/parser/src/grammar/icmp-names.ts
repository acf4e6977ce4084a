// Names of ICMP types and codes. Sources: RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1; RFC 4443.

export interface IcmpType {
  readonly type: number
  readonly codes: Readonly<Record<string, number>>
}

const NO_CODES = {}

const ICMP4: Readonly<Record<string, IcmpType>> = {
  echo_reply: { type: 0, codes: NO_CODES },
  unreachable: {
    type: 3,
    codes: {
      net_unreachable: 0,
      host_unreachable: 1,
      protocol_unreachable: 2,
      port_unreachable: 3,
      frag_needed: 4,
      source_route_failed: 5,
      net_unknown: 6,
      host_unknown: 7,
      source_host_isolated: 8,
      net_prohibited: 9,
      host_prohibited: 10,
      net_unreachable_for_tos: 11,
      host_unreachable_for_tos: 12,
      packet_filtered: 13,
      precedence_violation: 14,
      precedence_cutoff: 15,
    },
  },
  source_quench: { type: 4, codes: NO_CODES },
  redirect: { type: 5, codes: NO_CODES },
  echo_request: { type: 8, codes: NO_CODES },
  time_exceeded: { type: 11, codes: NO_CODES },
  parameter_problem: { type: 12, codes: NO_CODES },
  timestamp_request: { type: 13, codes: NO_CODES },
  timestamp_reply: { type: 14, codes: NO_CODES },
  information_request: { type: 15, codes: NO_CODES },
  information_reply: { type: 16, codes: NO_CODES },
  address_mask_request: { type: 17, codes: NO_CODES },
  address_mask_reply: { type: 18, codes: NO_CODES },
}

const ICMP6: Readonly<Record<string, IcmpType>> = {
  unreachable: {
    type: 1,
    codes: {
      net_unreachable: 0,
      no_route: 0,
      admin_prohibited: 1,
      not_neighbour: 2,
      address_unreachable: 3,
      port_unreachable: 4,
    },
  },
  packet_too_big: { type: 2, codes: NO_CODES },
  time_exceeded: { type: 3, codes: { exceeded_hop_limit: 0, exceeded_frag_time: 1 } },
  parameter_problem: { type: 4, codes: { header_field: 0, unknown_next_header: 1, unknown_option: 2 } },
  echo_request: { type: 128, codes: NO_CODES },
  echo_reply: { type: 129, codes: NO_CODES },
}

export function icmpTypes(family: 'ipv4' | 'ipv6'): Readonly<Record<string, IcmpType>> {
  return family === 'ipv4' ? ICMP4 : ICMP6
}

/** `prefix_N` with N from 0 to 255, or null. What follows the digits is ignored, as upstream does. */
export function numbered(prefix: 'type' | 'code', word: string): number | null {
  const match = /^(type|code)_(\d+)/.exec(word)
  if (match === null || match[1] !== prefix) return null
  const value = Number(match[2])
  return value <= 255 ? value : null
}
