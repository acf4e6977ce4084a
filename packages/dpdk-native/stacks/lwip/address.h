// Addresses of the lwIP adapter: Linux's sockaddr to lwIP's and back. An IPv6 socket reaches IPv4 by mapped addresses
// (RFC 4291 2.5.5.2) as long as IPV6_V6ONLY is off; lwIP has plain IPv4 for those.
#pragma once
#include <lwip/ip_addr.h>
#include <sys/socket.h>

#include <cstdint>

#include "socket.h"

namespace luna {

/// What an address is for: Linux refuses some with another error.
enum class Purpose { kBind, kDestination };

/// 0 or a negative errno. IPv4 where the address is one or is mapped.
int ParseAddress(const Socket& socket, const sockaddr* address, std::uint32_t length, Purpose purpose, ip_addr_t* ip,
                 u16_t* port);
/// In the socket's own family. `length`: room in, wanted size out; null: nobody asks.
void GiveAddress(const Socket& socket, const ip_addr_t& ip, u16_t port, sockaddr* address, std::uint32_t* length);
/// Of `family`'s 4 or 16 octets, mapped where that is IPv6 and the address is IPv4.
void PutAddress(bool ipv6, const ip_addr_t& ip, std::uint8_t (&out)[16]);

/// What the socket is bound to where no address was chosen: either family's packets, unless that was switched off.
const ip_addr_t* AnyAddress(const Socket& socket);

}  // namespace luna
