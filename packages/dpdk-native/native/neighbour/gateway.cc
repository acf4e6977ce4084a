#include "neighbour/gateway.h"

#include <algorithm>
#include <cstring>

namespace lunadrill {
namespace {

constexpr std::uint16_t kTypeIp4 = 0x0800;
constexpr std::uint16_t kTypeArp = 0x0806;
constexpr std::uint16_t kTypeIp6 = 0x86dd;
constexpr std::size_t kArp = 28;
constexpr std::size_t kIp4 = 4;
constexpr std::uint8_t kRequest = 1;
constexpr std::uint8_t kReply = 2;
// Ethernet, IPv4, and the lengths of their addresses: how an ARP packet begins.
constexpr std::uint8_t kArpHead[] = {0, 1, 8, 0, 6, 4, 0};
constexpr Gateway::Mac kBroadcast = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

std::uint16_t Get16(const std::uint8_t* at) { return static_cast<std::uint16_t>(at[0] << 8 | at[1]); }

void PutHeader(std::uint8_t* frame, const Gateway::Mac& to, std::uint16_t type) {
  std::copy(to.begin(), to.end(), frame);
  std::copy(Gateway::kOwnMac.begin(), Gateway::kOwnMac.end(), frame + 6);
  frame[12] = static_cast<std::uint8_t>(type >> 8);
  frame[13] = static_cast<std::uint8_t>(type);
}

}  // namespace

Gateway::Seen Gateway::Look(const std::uint8_t* frame, std::size_t length) {
  constexpr Seen kNothing = {Content::kNothing, nullptr, 0};
  if (length < kHeader) return kNothing;
  // The stack may have an address of its own choice.
  std::copy_n(frame + 6, stack_mac_.size(), stack_mac_.begin());
  const std::uint8_t* body = frame + kHeader;
  const std::size_t size = length - kHeader;
  switch (Get16(frame + 12)) {
    case kTypeIp4: {
      if (size < 20) return kNothing;
      const std::size_t total = Get16(body + 2);  // what follows is padding
      return {Content::kPacket, body, total < 20 ? size : std::min(total, size)};
    }
    case kTypeIp6:
      if (size < 40) return kNothing;
      return LookAtIpv6(body, std::min<std::size_t>(40u + Get16(body + 4), size));
    case kTypeArp:
      return LookAtArp(body, size);
    default:
      return kNothing;
  }
}

bool Gateway::IsFromStack(const std::uint8_t* packet) const {
  if (packet[0] >> 4 != (family_ == Family::kIpv4 ? 4 : 6)) return false;
  return std::memcmp(packet + (family_ == Family::kIpv4 ? 12 : 8), stack_ip_.data(),
                     family_ == Family::kIpv4 ? 4 : 16) == 0;
}

Gateway::Seen Gateway::LookAtIpv6(const std::uint8_t* packet, std::size_t length) {
  switch (discovery::Classify(packet, length, &question_)) {
    case discovery::Talk::kNone:
      return {Content::kPacket, packet, length};
    case discovery::Talk::kQuestion:
      asked_in_ = Family::kIpv6;
      if (family_ == Family::kIpv4 || question_.asked != stack_ip_) return {Content::kQuestion, nullptr, 0};
      [[fallthrough]];
    default:
      return {Content::kNothing, nullptr, 0};
  }
}

Gateway::Seen Gateway::LookAtArp(const std::uint8_t* body, std::size_t size) {
  constexpr Seen kNothing = {Content::kNothing, nullptr, 0};
  if (size < kArp || std::memcmp(body, kArpHead, sizeof kArpHead) != 0 || body[7] != kRequest) return kNothing;
  question_ = {};
  asked_in_ = Family::kIpv4;
  std::copy_n(body + 14, kIp4, question_.asker.begin());
  std::copy_n(body + 24, kIp4, question_.asked.begin());
  // Probes and announcements of its own address (RFC 5227) find no other owner.
  if ((family_ == Family::kIpv4 && question_.asked == stack_ip_) || question_.asked == question_.asker) return kNothing;
  return {Content::kQuestion, nullptr, 0};
}

std::size_t Gateway::Answer(std::uint8_t* frame) const {
  if (asked_in_ == Family::kIpv4) return PutArp(frame, kReply, stack_mac_, question_.asked, question_.asker);
  PutHeader(frame, stack_mac_, kTypeIp6);
  discovery::PutAdvertisement(frame + kHeader, question_, kOwnMac);
  return kHeader + discovery::kMessage;
}

std::size_t Gateway::Introduce(std::uint8_t* frame) const {
  if (family_ == Family::kIpv4) return PutArp(frame, kRequest, kBroadcast, gateway_ip_, stack_ip_);
  PutHeader(frame, stack_mac_, kTypeIp6);
  discovery::PutSolicitation(frame + kHeader, gateway_ip_, stack_ip_, kOwnMac);
  return kHeader + discovery::kMessage;
}

void Gateway::Wrap(std::uint8_t* frame, std::uint8_t first) const {
  PutHeader(frame, stack_mac_, first >> 4 == 6 ? kTypeIp6 : kTypeIp4);
}

std::size_t Gateway::PutArp(std::uint8_t* frame, std::uint8_t operation, const Mac& to, const Ip& sender,
                            const Ip& target) const {
  PutHeader(frame, to, kTypeArp);
  std::uint8_t* body = frame + kHeader;
  std::copy(std::begin(kArpHead), std::end(kArpHead), body);
  body[7] = operation;
  std::copy(kOwnMac.begin(), kOwnMac.end(), body + 8);
  std::copy_n(sender.begin(), kIp4, body + 14);
  if (operation == kReply) {
    std::copy(to.begin(), to.end(), body + 18);
  } else {
    std::fill_n(body + 18, 6, std::uint8_t{0});
  }
  std::copy_n(target.begin(), kIp4, body + 24);
  return kHeader + kArp;
}

}  // namespace lunadrill
