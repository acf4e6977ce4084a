#include "stack-check/packet.h"

#include <netinet/in.h>

#include <algorithm>

namespace lunadrill::packet {
namespace {

constexpr std::array<std::uint8_t, 4> kMss = {2, 4, 1400 >> 8, 1400 & 255};

void Put16(Octets* octets, std::size_t at, std::size_t value) {
  (*octets)[at] = static_cast<std::uint8_t>(value >> 8);
  (*octets)[at + 1] = static_cast<std::uint8_t>(value);
}
void Put32(Octets* octets, std::size_t at, std::uint32_t value) {
  Put16(octets, at, value >> 16);
  Put16(octets, at + 2, value & 0xffff);
}
std::uint16_t Get16(const Octets& octets, std::size_t at) {
  return static_cast<std::uint16_t>(octets[at] << 8 | octets[at + 1]);
}
std::uint32_t Get32(const Octets& octets, std::size_t at) {
  return std::uint32_t{Get16(octets, at)} << 16 | Get16(octets, at + 2);
}

// RFC 1071.
std::uint16_t Checksum(const Octets& octets, std::size_t from, std::size_t to, std::uint32_t sum) {
  for (std::size_t i = from; i < to; i += 2) {
    sum += static_cast<std::uint32_t>(octets[i] << 8 | (i + 1 < to ? octets[i + 1] : 0));
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

// An IP header with room for `body` octets behind it.
Octets MakeIp(const Hosts& hosts, std::uint8_t protocol, std::size_t body) {
  const std::size_t header = hosts.ipv6 ? 40 : 20;
  Octets packet(header + body);
  if (hosts.ipv6) {
    packet[0] = 0x60;
    Put16(&packet, 4, body);
    packet[6] = protocol;
    packet[7] = 64;
    std::copy(hosts.remote.begin(), hosts.remote.end(), packet.begin() + 8);
    std::copy(hosts.local.begin(), hosts.local.end(), packet.begin() + 24);
    return packet;
  }
  packet[0] = 0x45;
  Put16(&packet, 2, packet.size());
  packet[8] = 64;
  packet[9] = protocol;
  std::copy_n(hosts.remote.begin(), 4, packet.begin() + 12);
  std::copy_n(hosts.local.begin(), 4, packet.begin() + 16);
  Put16(&packet, 10, Checksum(packet, 0, header, 0));
  return packet;
}

// The sum over addresses, protocol, length and what stands behind the IP header.
void PutTransportChecksum(const Hosts& hosts, Octets* packet, std::uint8_t protocol, std::size_t at) {
  const std::size_t header = hosts.ipv6 ? 40 : 20;
  const std::size_t addresses = hosts.ipv6 ? 8 : 12;
  Put16(packet, at,
        Checksum(*packet, addresses, packet->size(), protocol + static_cast<std::uint32_t>(packet->size() - header)));
}

// Where what the IP header holds begins, if it is of this protocol and to the remote host; 0 where not.
std::size_t BodyOf(const Hosts& hosts, const Octets& packet, std::uint8_t protocol, std::size_t least) {
  const std::size_t header = hosts.ipv6 ? 40 : 20;
  if (packet.size() < header + least || packet[0] >> 4 != (hosts.ipv6 ? 6 : 4)) return 0;
  if (!hosts.ipv6 && (packet[0] & 15) != 5) return 0;
  if (packet[hosts.ipv6 ? 6 : 9] != protocol) return 0;
  const auto to = packet.begin() + (hosts.ipv6 ? 24 : 16);
  return std::equal(to, to + (hosts.ipv6 ? 16 : 4), hosts.remote.begin()) ? header : 0;
}

}  // namespace

Hosts HostsOf(bool ipv6) {
  if (!ipv6) return {{192, 168, 0, 2}, {192, 168, 0, 1}, {192, 0, 2, 1}, 16, false};
  Hosts hosts{{0xfd, 0x4c, 0x44}, {0xfd, 0x4c, 0x44}, {0x20, 0x01, 0x0d, 0xb8}, 64, true};
  hosts.local[15] = 2;
  hosts.gateway[15] = 1;
  hosts.remote[15] = 1;
  return hosts;
}

Octets Make(const Hosts& hosts, const Segment& segment) {
  const std::size_t options = (segment.flags & kSyn) != 0 ? kMss.size() : 0;
  Octets packet = MakeIp(hosts, IPPROTO_TCP, 20 + options + segment.payload);
  const std::size_t at = hosts.ipv6 ? 40 : 20;
  Put16(&packet, at, segment.from);
  Put16(&packet, at + 2, segment.to);
  Put32(&packet, at + 4, segment.seq);
  Put32(&packet, at + 8, segment.ack);
  packet[at + 12] = static_cast<std::uint8_t>((20 + options) / 4 << 4);
  packet[at + 13] = segment.flags;
  Put16(&packet, at + 14, segment.window);
  std::copy_n(kMss.begin(), options, packet.begin() + static_cast<std::ptrdiff_t>(at) + 20);
  PutTransportChecksum(hosts, &packet, IPPROTO_TCP, at + 16);
  return packet;
}

Octets Make(const Hosts& hosts, const Datagram& datagram) {
  Octets packet = MakeIp(hosts, IPPROTO_UDP, 8 + datagram.payload);
  const std::size_t at = hosts.ipv6 ? 40 : 20;
  Put16(&packet, at, datagram.from);
  Put16(&packet, at + 2, datagram.to);
  Put16(&packet, at + 4, 8 + datagram.payload);
  PutTransportChecksum(hosts, &packet, IPPROTO_UDP, at + 6);
  return packet;
}

std::optional<Segment> ReadSegment(const Hosts& hosts, const Octets& packet) {
  const std::size_t at = BodyOf(hosts, packet, IPPROTO_TCP, 20);
  if (at == 0) return std::nullopt;
  const std::size_t header = packet[at + 12] >> 4 << 2;
  if (header < 20 || packet.size() < at + header) return std::nullopt;
  return Segment{Get16(packet, at),          Get16(packet, at + 2), packet[at + 13],
                 Get32(packet, at + 4),      Get32(packet, at + 8), Get16(packet, at + 14),
                 packet.size() - at - header};
}

std::optional<Datagram> ReadDatagram(const Hosts& hosts, const Octets& packet) {
  const std::size_t at = BodyOf(hosts, packet, IPPROTO_UDP, 8);
  if (at == 0) return std::nullopt;
  return Datagram{Get16(packet, at), Get16(packet, at + 2), packet.size() - at - 8};
}

}  // namespace lunadrill::packet
