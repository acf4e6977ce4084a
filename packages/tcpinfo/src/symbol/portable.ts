// What all platforms of packetdrill know: families, types and protocols of sockets. Looked up before the Linux tables.
// Values of Linux on x86-64 and arm64 (generic ABI). Pure.

export const portableSymbols = {
  AF_INET: 2,
  AF_INET6: 10,
  AF_PACKET: 17,
  PF_INET: 2,
  PF_INET6: 10,
  SOCK_RAW: 3,
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
  SOCK_NONBLOCK: 2048,
  IPPROTO_RAW: 255,
  IPPROTO_IP: 0,
  IPPROTO_IPV6: 41,
  IPPROTO_ICMP: 1,
  IPPROTO_ICMPV6: 58,
  IPPROTO_TCP: 6,
  IPPROTO_UDP: 17,
  SHUT_RD: 0,
  SHUT_WR: 1,
  SHUT_RDWR: 2,
  SOL_SOCKET: 1,
  NULL: 0,
} as const
