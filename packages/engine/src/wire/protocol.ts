// Numbers by which one header names the next. Read first: IANA protocol numbers; RFC 2784 2.4, RFC 3032 5 (EtherTypes).

/** IPv4's Protocol, IPv6's Next Header. */
export const Protocol = { icmpv4: 1, ipv4: 4, tcp: 6, udp: 17, ipv6: 41, gre: 47, icmpv6: 58 } as const

/** What GRE names its payload by. */
export const EtherType = { ipv4: 0x0800, ipv6: 0x86dd, mpls: 0x8847 } as const

/** Every header that a packet can have. */
export type LayerType = 'ipv4' | 'ipv6' | 'gre' | 'mpls' | 'tcp' | 'udp' | 'icmpv4' | 'icmpv6'

/** 0 where an IP header cannot name it: MPLS, as upstream has it. */
export const protocolOf = (next: LayerType): number => (next === 'mpls' ? 0 : Protocol[next])

/** 0 where GRE cannot name it. */
export const etherTypeOf = (next: LayerType): number =>
  next === 'ipv4' || next === 'ipv6' || next === 'mpls' ? EtherType[next] : 0
