// IPv6 neighbour discovery as the tester's end speaks it: which packets are the link's own talk and none of the
// script's, and the two messages that a router with proxy answers for every address needs. Octets only, pure. Host
// thread. Read first: RFC 4861 4.3, 4.4 and 7.2; RFC 3810 5 (the reports of groups that hosts send unasked).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace lunadrill::discovery {

using Mac = std::array<std::uint8_t, 6>;
using Ip = std::array<std::uint8_t, 16>;

/// Octets of an IPv6 packet with a solicitation or an advertisement, and the one option that has a link address.
inline constexpr std::size_t kMessage = 40 + 24 + 8;

/// What a packet that begins with a whole IPv6 header is to the link.
enum class Talk {
  kNone,      // not the link's: for the script
  kQuestion,  // a solicitation that wants an answer
  kOther,     // discovery or group reports that nobody answers
};

/// Whose link address is asked for, and by whom.
struct Question {
  Ip asked;
  Ip asker;
};

Talk Classify(const std::uint8_t* packet, std::size_t length, Question* question);

/// Writes kMessage octets: `own` has the address that was asked for, says a router.
void PutAdvertisement(std::uint8_t* packet, const Question& question, const Mac& own);
/// Writes kMessage octets: `from`, at `own`, asks `target` for its link address, by unicast (RFC 4861 7.2.4), which
/// needs no group of the target's.
void PutSolicitation(std::uint8_t* packet, const Ip& from, const Ip& target, const Mac& own);

}  // namespace lunadrill::discovery
