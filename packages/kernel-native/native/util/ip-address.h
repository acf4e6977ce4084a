// An IPv4 or IPv6 address in network order, of the family that its text shows. Read first: inet_pton(3).
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "util/failure.h"

namespace lunadrill {

struct IpAddress {
  int family = AF_INET;
  std::uint8_t octets[16] = {};

  std::size_t size() const { return family == AF_INET ? 4 : 16; }
  unsigned bits() const { return family == AF_INET ? 32 : 128; }
  bool operator==(const IpAddress& other) const {
    return family == other.family && std::memcmp(octets, other.octets, size()) == 0;
  }

  /// `name` is the argument's, for LD_ARGUMENT.
  static IpAddress Parse(const std::string& text, const char* name) {
    IpAddress address;
    if (::inet_pton(AF_INET, text.c_str(), address.octets) == 1) return address;
    address.family = AF_INET6;
    if (::inet_pton(AF_INET6, text.c_str(), address.octets) == 1) return address;
    throw Failure("LD_ARGUMENT", std::string(name) + " must be an IPv4 or IPv6 address, but is '" + text + "'");
  }

  /// The network's address: all bits after `prefix_length` are 0.
  IpAddress Masked(unsigned prefix_length) const {
    IpAddress network = *this;
    for (unsigned bit = prefix_length; bit < bits(); ++bit) {
      network.octets[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> bit % 8));
    }
    return network;
  }

  /// Fills `storage` and returns the length that goes with it.
  socklen_t ToSocket(std::uint16_t port, sockaddr_storage* storage) const {
    *storage = {};
    storage->ss_family = static_cast<sa_family_t>(family);
    if (family == AF_INET) {
      auto* ipv4 = reinterpret_cast<sockaddr_in*>(storage);
      ipv4->sin_port = htons(port);
      std::memcpy(&ipv4->sin_addr, octets, 4);
      return sizeof *ipv4;
    }
    auto* ipv6 = reinterpret_cast<sockaddr_in6*>(storage);
    ipv6->sin6_port = htons(port);
    std::memcpy(&ipv6->sin6_addr, octets, 16);
    return sizeof *ipv6;
  }
};

}  // namespace lunadrill
