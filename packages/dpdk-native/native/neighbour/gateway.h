// The tester's end as a neighbour: puts Ethernet around packets and takes it off, and answers ARP and neighbour
// solicitations as a gateway that is a proxy for everybody would, for every address but the stack's own. Unseen by the
// script, and within the same instant of virtual time. Octets only: no DPDK. Host thread.
// Read first: RFC 826; RFC 894; RFC 2464; discovery.h.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "neighbour/discovery.h"

namespace lunadrill {

class Gateway {
 public:
  static constexpr std::size_t kHeader = 14;
  /// No question and no answer is longer.
  static constexpr std::size_t kLongest = kHeader + discovery::kMessage;
  enum class Family { kIpv4, kIpv6 };
  using Mac = discovery::Mac;
  /// IPv4 in the first four octets, zeros behind; network order.
  using Ip = discovery::Ip;
  static constexpr Mac kOwnMac = {0x02, 0x4c, 0x44, 0, 0, 0x01};
  static constexpr Mac kStackMac = {0x02, 0x4c, 0x44, 0, 0, 0x02};

  Gateway(Family family, Ip stack, Ip gateway) : family_(family), stack_ip_(stack), gateway_ip_(gateway) {}

  /// What a frame of the stack holds: an IP packet (in the frame, without padding), something to answer (with Answer),
  /// or nothing of interest.
  enum class Content { kNothing, kPacket, kQuestion };
  struct Seen {
    Content content;
    const std::uint8_t* packet;
    std::size_t length;
  };
  Seen Look(const std::uint8_t* frame, std::size_t length);

  /// Whether an IP packet says that it comes from the stack.
  bool IsFromStack(const std::uint8_t* packet) const;

  /// Writes the answer to the question seen last and says how long it is: kLongest octets at most.
  std::size_t Answer(std::uint8_t* frame) const;
  /// The same with a question for the stack's own address, from which the stack learns the gateway's.
  std::size_t Introduce(std::uint8_t* frame) const;
  /// Writes the header in front of a packet whose first octet is `first`.
  void Wrap(std::uint8_t* frame, std::uint8_t first) const;

 private:
  Seen LookAtIpv6(const std::uint8_t* packet, std::size_t length);
  Seen LookAtArp(const std::uint8_t* body, std::size_t size);
  std::size_t PutArp(std::uint8_t* frame, std::uint8_t operation, const Mac& to, const Ip& sender,
                     const Ip& target) const;

  Family family_;
  Ip stack_ip_;
  Ip gateway_ip_;
  Mac stack_mac_ = kStackMac;
  Family asked_in_ = Family::kIpv4;
  discovery::Question question_{};
};

}  // namespace lunadrill
