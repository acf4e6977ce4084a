#include "address.h"

#include <netinet/in.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace luna {
namespace {

// Without the scope, which RFC 2133 did not have yet: what Linux takes at least.
constexpr std::uint32_t kLeastIn6 = 24;

int ParseIpv4(const sockaddr* address, std::uint32_t length, ip_addr_t* ip, u16_t* port) {
  if (length < sizeof(sockaddr_in)) return -EINVAL;
  sockaddr_in given;
  std::memcpy(&given, address, sizeof given);
  ip_addr_set_ip4_u32(ip, given.sin_addr.s_addr);
  *port = lwip_ntohs(given.sin_port);
  return 0;
}

}  // namespace

int ParseAddress(const Socket& socket, const sockaddr* address, std::uint32_t length, Purpose purpose, ip_addr_t* ip,
                 u16_t* port) {
  if (address == nullptr) return -EFAULT;
  if (!socket.ipv6) {
    if (length < sizeof(sockaddr_in)) return -EINVAL;
    return address->sa_family == AF_INET ? ParseIpv4(address, length, ip, port) : -EAFNOSUPPORT;
  }
  if (length < sizeof(sa_family_t)) return -EINVAL;
  // A datagram may go to an IPv4 address that is not mapped (udpv6_sendmsg(), ip6_datagram_connect()).
  if (address->sa_family == AF_INET && socket.kind == Socket::Kind::kUdp && purpose == Purpose::kDestination) {
    return socket.v6_only ? -EAFNOSUPPORT : ParseIpv4(address, length, ip, port);
  }
  if (length < kLeastIn6) return -EINVAL;
  if (address->sa_family != AF_INET6) return -EAFNOSUPPORT;
  sockaddr_in6 given{};
  std::memcpy(&given, address, std::min<std::size_t>(length, sizeof given));
  *port = lwip_ntohs(given.sin6_port);
  if (IN6_IS_ADDR_V4MAPPED(&given.sin6_addr)) {
    if (socket.v6_only) return purpose == Purpose::kBind ? -EINVAL : -ENETUNREACH;
    u32_t ipv4 = 0;
    std::memcpy(&ipv4, given.sin6_addr.s6_addr + 12, sizeof ipv4);
    ip_addr_set_ip4_u32(ip, ipv4);
    return 0;
  }
  ip_addr_set_zero_ip6(ip);
  std::memcpy(ip_2_ip6(ip)->addr, given.sin6_addr.s6_addr, sizeof given.sin6_addr);
  if (purpose == Purpose::kBind && ip_addr_isany_val(*ip)) ip_addr_copy(*ip, *AnyAddress(socket));
  return 0;
}

void GiveAddress(const Socket& socket, const ip_addr_t& ip, u16_t port, sockaddr* address, std::uint32_t* length) {
  if (length == nullptr) return;
  if (!socket.ipv6) {
    sockaddr_in given{};
    given.sin_family = AF_INET;
    given.sin_port = lwip_htons(port);
    given.sin_addr.s_addr = ip4_addr_get_u32(ip_2_ip4(&ip));
    if (address != nullptr) std::memcpy(address, &given, std::min<std::size_t>(*length, sizeof given));
    *length = sizeof given;
    return;
  }
  sockaddr_in6 given{};
  given.sin6_family = AF_INET6;
  given.sin6_port = lwip_htons(port);
  PutAddress(true, ip, given.sin6_addr.s6_addr);
  if (address != nullptr) std::memcpy(address, &given, std::min<std::size_t>(*length, sizeof given));
  *length = sizeof given;
}

void PutAddress(bool ipv6, const ip_addr_t& ip, std::uint8_t (&out)[16]) {
  std::memset(out, 0, sizeof out);
  if (IP_IS_V6_VAL(ip)) {
    std::memcpy(out, ip_2_ip6(&ip)->addr, sizeof out);
    return;
  }
  const u32_t ipv4 = ip4_addr_get_u32(ip_2_ip4(&ip));
  // Of no family yet: ::, not a mapped 0.0.0.0.
  if (ipv6 && IP_IS_V4_VAL(ip)) out[10] = out[11] = 0xff;
  std::memcpy(ipv6 ? out + 12 : out, &ipv4, sizeof ipv4);
}

const ip_addr_t* AnyAddress(const Socket& socket) {
  if (!socket.ipv6) return IP4_ADDR_ANY;
  return socket.v6_only ? IP6_ADDR_ANY : IP_ANY_TYPE;
}

}  // namespace luna
