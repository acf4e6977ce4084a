// What the tests of the rooms make their runs of: octets, addresses, segments of the tester's, call records.
#pragma once
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "lunadrill/layout.h"
#include "neighbour/gateway.h"

namespace lunadrill {

namespace at = layout::call;
namespace op = layout::call_op;
namespace command = layout::command_kind;
namespace event = layout::event_kind;
using Octets = std::vector<std::uint8_t>;

inline constexpr Gateway::Ip kLocal = {192, 168, 0, 2};
inline constexpr Gateway::Ip kGateway = {192, 168, 0, 1};
inline constexpr Gateway::Ip kRemote = {192, 0, 2, 1};
inline constexpr Gateway::Ip kLocal6 = {0xfd, 0x3d, 0xfa, 0x7b, 0xd1, 0x7d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
inline constexpr Gateway::Ip kGateway6 = {0xfd, 0x3d, 0xfa, 0x7b, 0xd1, 0x7d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};
// Octets of an IPv4 address, the first ones of a Gateway::Ip.
inline constexpr std::size_t kIp4 = 4;
inline constexpr std::uint16_t kPort = 8080;

inline std::mt19937 randomness(1);

inline std::uint32_t Random(std::uint32_t below) { return static_cast<std::uint32_t>(randomness()) % below; }

inline void Check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "wrong: %s\n", what);
  std::exit(1);
}

template <typename Value>
void Put(Octets* into, std::size_t offset, Value value) {
  std::memcpy(into->data() + offset, &value, sizeof value);
}

// A memory block of exactly its size, so that ASan sees any step beyond it.
inline std::unique_ptr<std::uint8_t[]> Exactly(const Octets& octets) {
  auto block = std::make_unique<std::uint8_t[]>(octets.size());
  std::copy(octets.begin(), octets.end(), block.get());
  return block;
}

inline std::uint16_t Checksum(const std::uint8_t* octets, std::size_t length, std::uint32_t sum) {
  for (std::size_t i = 0; i < length; ++i) sum += i % 2 == 0 ? octets[i] << 8 : octets[i];
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

// A segment from the tester, checksums filled in.
inline Octets Segment(std::uint16_t port, std::uint8_t flags, std::uint32_t seq, std::uint32_t ack,
                      const Octets& options, std::size_t payload) {
  Octets packet(40 + options.size() + payload);
  packet[0] = 0x45;
  Put(&packet, 2, htons(static_cast<std::uint16_t>(packet.size())));
  packet[8] = 64;
  packet[9] = IPPROTO_TCP;
  std::copy_n(kRemote.begin(), kIp4, packet.begin() + 12);
  std::copy_n(kLocal.begin(), kIp4, packet.begin() + 16);
  Put(&packet, 20, htons(port));
  Put(&packet, 22, htons(kPort));
  Put(&packet, 24, htonl(seq));
  Put(&packet, 28, htonl(ack));
  packet[32] = static_cast<std::uint8_t>((20 + options.size()) / 4 << 4);
  packet[33] = flags;
  Put(&packet, 34, htons(static_cast<std::uint16_t>(1 + Random(65535))));
  std::copy(options.begin(), options.end(), packet.begin() + 40);
  Put(&packet, 10, htons(Checksum(packet.data(), 20, 0)));
  Put(&packet, 36,
      htons(Checksum(packet.data() + 12, packet.size() - 12, static_cast<std::uint32_t>(packet.size() - 14))));
  return packet;
}

inline Octets Record(std::uint32_t operation, std::int32_t fd, std::vector<std::int32_t> arguments,
                     const Octets& data = {}) {
  arguments.resize(4);
  Octets record(at::kData + data.size());
  Put(&record, at::kOp, operation);
  Put(&record, at::kFd, fd);
  for (std::size_t i = 0; i < 4; ++i) Put(&record, at::kArg0 + 4 * i, arguments[i]);
  Put(&record, at::kInLength, static_cast<std::uint32_t>(data.size()));
  Put(&record, at::kOutCapacity, at::kSize - at::kData);
  std::copy(data.begin(), data.end(), record.begin() + at::kData);
  return record;
}

inline Octets Address(const Gateway::Ip& ip, std::uint16_t port) {
  Octets address(sizeof(sockaddr_in));
  Put(&address, 0, static_cast<std::uint16_t>(AF_INET));
  Put(&address, 2, htons(port));
  std::copy_n(ip.begin(), kIp4, address.begin() + 4);
  return address;
}

inline std::uint32_t SequenceOf(const Octets& packet) {
  std::uint32_t sequence = 0;
  std::memcpy(&sequence, packet.data() + 24, sizeof sequence);
  return ntohl(sequence);
}

// The payload of an inject command: layout.ts, CommandKind.
inline Octets InjectPayload(const Octets& packet) {
  Octets payload(8 + packet.size());
  Put(&payload, 0, static_cast<std::uint32_t>(packet.size()));
  std::copy(packet.begin(), packet.end(), payload.begin() + 8);
  return payload;
}

// A frame of random octets, often with the beginning of something that the gateway knows.
inline Octets RandomFrame() {
  const std::uint16_t types[] = {0x0800, 0x0806, 0x86dd, 0x8100, 0};
  Octets frame(Random(120));
  for (std::uint8_t& octet : frame) octet = static_cast<std::uint8_t>(Random(256));
  if (frame.size() < Gateway::kHeader) return frame;
  const std::uint16_t type = types[Random(5)];
  Put(&frame, 12, htons(type));
  if (Random(2) == 0) return frame;
  if (type == 0x0806 && frame.size() >= 22) {
    const std::uint8_t request[] = {0, 1, 8, 0, 6, 4, 0, 1};
    std::copy(std::begin(request), std::end(request), frame.begin() + 14);
  } else if (type == 0x86dd && frame.size() >= 14 + 41) {
    // ICMPv6 with a hop limit of 255: a solicitation, or a neighbour of one.
    const std::uint8_t head[] = {0x60, 0, 0, 0, 0, static_cast<std::uint8_t>(Random(64)), IPPROTO_ICMPV6, 255};
    std::copy(std::begin(head), std::end(head), frame.begin() + 14);
    frame[14 + 40] = static_cast<std::uint8_t>(133 + Random(5));
    if (frame.size() >= 14 + 42) frame[14 + 41] = 0;
  }
  return frame;
}

}  // namespace lunadrill
