#include "fault/corruption.h"

namespace lunadrill {
namespace {

constexpr std::uint8_t kIcmp = 1;
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kIcmp6 = 58;

std::size_t Word(const std::uint8_t* octets) { return static_cast<std::size_t>(octets[0] << 8 | octets[1]); }

std::uint64_t Sum(const std::uint8_t* octets, std::size_t length, std::uint64_t sum) {
  for (std::size_t at = 0; at + 1 < length; at += 2) sum += Word(octets + at);
  return length % 2 == 0 ? sum : sum + (static_cast<std::uint64_t>(octets[length - 1]) << 8);
}

// What goes into a checksum's field, which was 0 as the sum was made.
void PutChecksum(std::uint8_t* field, std::uint64_t sum, bool zero_means_none = false) {
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  auto value = static_cast<std::uint16_t>(~sum);
  if (value == 0 && zero_means_none) value = 0xffff;
  field[0] = static_cast<std::uint8_t>(value >> 8);
  field[1] = static_cast<std::uint8_t>(value);
}

// `pseudo`: the sum of the two addresses.
void RepairBody(std::uint8_t* body, std::size_t length, std::uint8_t protocol, std::uint64_t pseudo) {
  const auto put = [&](std::size_t field, std::size_t least, bool over_addresses, bool zero_means_none = false) {
    if (length < least) return;
    body[field] = body[field + 1] = 0;
    PutChecksum(body + field, Sum(body, length, over_addresses ? pseudo + length + protocol : 0), zero_means_none);
  };
  switch (protocol) {
    case kTcp:
      return put(16, 20, true);
    case kUdp:
      return put(6, 8, true, true);
    case kIcmp:
      return put(2, 8, false);
    case kIcmp6:
      return put(2, 8, true);
    default:
      return;
  }
}

}  // namespace

void RepairChecksums(std::uint8_t* packet, std::size_t length) {
  constexpr std::size_t kIpv6Header = 40;
  if (length < 20) return;
  if (packet[0] >> 4 == 4) {
    const std::size_t header = static_cast<std::size_t>(packet[0] & 15) * 4;
    const std::size_t total = Word(packet + 2);
    if (header < 20 || header > length) return;
    packet[10] = packet[11] = 0;
    PutChecksum(packet + 10, Sum(packet, header, 0));
    const bool whole = (Word(packet + 6) & 0x3fff) == 0;
    if (!whole || total < header || total > length) return;
    RepairBody(packet + header, total - header, packet[9], Sum(packet + 12, 8, 0));
  } else if (packet[0] >> 4 == 6 && length >= kIpv6Header) {
    const std::size_t body = Word(packet + 4);
    if (body > length - kIpv6Header) return;
    RepairBody(packet + kIpv6Header, body, packet[6], Sum(packet + 8, 32, 0));
  }
}

}  // namespace lunadrill
