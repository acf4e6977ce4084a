#include "neighbour/discovery.h"

#include <algorithm>

namespace lunadrill::discovery {
namespace {

constexpr std::size_t kIpHeader = 40;
constexpr std::uint8_t kHopByHop = 0;
constexpr std::uint8_t kIcmp6 = 58;
constexpr std::uint8_t kHopLimit = 255;  // nothing that a router has passed on (RFC 4861 7.1)

// Types of ICMPv6.
constexpr std::uint8_t kListenerQuery = 130;
constexpr std::uint8_t kListenerDone = 132;
constexpr std::uint8_t kRouterSolicitation = 133;
constexpr std::uint8_t kSolicitation = 135;
constexpr std::uint8_t kAdvertisement = 136;
constexpr std::uint8_t kRedirect = 137;
constexpr std::uint8_t kListenerReportV2 = 143;

// Of an advertisement (RFC 4861 4.4): from a router, asked for, to override what was known.
constexpr std::uint8_t kRouterSolicitedOverride = 0xe0;
constexpr std::uint8_t kSourceLinkAddress = 1;
constexpr std::uint8_t kTargetLinkAddress = 2;

bool IsTalk(std::uint8_t type) {
  return (type >= kListenerQuery && type <= kListenerDone) || (type >= kRouterSolicitation && type <= kRedirect) ||
         type == kListenerReportV2;
}

// RFC 4443 2.3: over the pseudo-header too, whose addresses stand before the message.
void PutChecksum(std::uint8_t* packet) {
  constexpr std::size_t kAddresses = 8;
  std::uint32_t sum = kMessage - kIpHeader + kIcmp6;
  for (std::size_t at = kAddresses; at < kMessage; at += 2)
    sum += static_cast<std::uint32_t>(packet[at] << 8 | packet[at + 1]);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  packet[kIpHeader + 2] = static_cast<std::uint8_t>(~sum >> 8);
  packet[kIpHeader + 3] = static_cast<std::uint8_t>(~sum);
}

void Put(std::uint8_t* packet, std::uint8_t type, std::uint8_t flags, const Ip& from, const Ip& to, const Ip& target,
         std::uint8_t option, const Mac& own) {
  std::fill_n(packet, kMessage, std::uint8_t{0});
  packet[0] = 0x60;
  packet[5] = kMessage - kIpHeader;
  packet[6] = kIcmp6;
  packet[7] = kHopLimit;
  std::copy(from.begin(), from.end(), packet + 8);
  std::copy(to.begin(), to.end(), packet + 24);
  std::uint8_t* message = packet + kIpHeader;
  message[0] = type;
  message[4] = flags;
  std::copy(target.begin(), target.end(), message + 8);
  message[24] = option;
  message[25] = 1;  // in units of eight octets
  std::copy(own.begin(), own.end(), message + 26);
  PutChecksum(packet);
}

}  // namespace

Talk Classify(const std::uint8_t* packet, std::size_t length, Question* question) {
  if (length < kIpHeader + 4) return Talk::kNone;
  std::uint8_t next = packet[6];
  std::size_t at = kIpHeader;
  if (next == kHopByHop) {  // a router alert, as reports of groups have it
    next = packet[at];
    at += (std::size_t{packet[at + 1]} + 1) * 8;
  }
  if (next != kIcmp6 || length <= at || !IsTalk(packet[at])) return Talk::kNone;
  if (packet[at] != kSolicitation || length < at + 24) return Talk::kOther;
  std::copy_n(packet + 8, question->asker.size(), question->asker.begin());
  std::copy_n(packet + at + 8, question->asked.size(), question->asked.begin());
  // Whether its own address is anybody's already (RFC 4862 5.4): it is nobody's.
  return question->asker == Ip{} ? Talk::kOther : Talk::kQuestion;
}

void PutAdvertisement(std::uint8_t* packet, const Question& question, const Mac& own) {
  Put(packet, kAdvertisement, kRouterSolicitedOverride, question.asked, question.asker, question.asked,
      kTargetLinkAddress, own);
}

void PutSolicitation(std::uint8_t* packet, const Ip& from, const Ip& target, const Mac& own) {
  Put(packet, kSolicitation, 0, from, target, target, kSourceLinkAddress, own);
}

}  // namespace lunadrill::discovery
