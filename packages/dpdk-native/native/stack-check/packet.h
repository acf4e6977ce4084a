// Packets that a stack's check sends and reads: plain TCP and UDP over IPv4 and IPv6 between two fixed hosts. Pure.
// Apart from the engine's wire room, which is not judged by itself. Read first: RFC 791 3.1, RFC 8200 3, RFC 9293 3.1.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace lunadrill::packet {

using Octets = std::vector<std::uint8_t>;

inline constexpr std::uint8_t kFin = 1, kSyn = 2, kRst = 4, kPsh = 8, kAck = 16;

/// Of the stack, its gateway, and the host behind it that the check plays.
struct Hosts {
  std::array<std::uint8_t, 16> local, gateway, remote;  // IPv4 in the first four octets
  std::uint8_t prefix_length;
  bool ipv6;
};
Hosts HostsOf(bool ipv6);

struct Segment {
  std::uint16_t from = 0, to = 0;
  std::uint8_t flags = 0;
  std::uint32_t seq = 0, ack = 0;
  std::uint16_t window = 65535;
  std::size_t payload = 0;  // zeros
};
struct Datagram {
  std::uint16_t from = 0, to = 0;
  std::size_t payload = 0;  // zeros
};

/// From the remote host to the stack, checksums filled in. A SYN offers an MSS of 1400.
Octets Make(const Hosts& hosts, const Segment& segment);
Octets Make(const Hosts& hosts, const Datagram& datagram);

/// Of a packet of the stack's; nothing where it is none to the remote host.
std::optional<Segment> ReadSegment(const Hosts& hosts, const Octets& packet);
std::optional<Datagram> ReadDatagram(const Hosts& hosts, const Octets& packet);

}  // namespace lunadrill::packet
