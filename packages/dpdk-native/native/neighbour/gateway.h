// The tester's end as a neighbour: puts Ethernet around packets and takes it off, and answers ARP as a gateway with
// proxy ARP would, for every address but the stack's own. Unseen by the script, and within the same instant of virtual
// time. Octets only: no DPDK. Host thread. Read first: RFC 826; RFC 894.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace lunadrill {

class Gateway {
 public:
  static constexpr std::size_t kHeader = 14;
  static constexpr std::size_t kArpFrame = kHeader + 28;
  using Mac = std::array<std::uint8_t, 6>;
  using Ip = std::array<std::uint8_t, 4>;
  static constexpr Mac kOwnMac = {0x02, 0x4c, 0x44, 0, 0, 0x01};
  static constexpr Mac kStackMac = {0x02, 0x4c, 0x44, 0, 0, 0x02};

  Gateway(Ip stack, Ip gateway) : stack_ip_(stack), gateway_ip_(gateway) {}

  /// What a frame of the stack holds: an IP packet (in the frame, without padding), something to answer (with Answer),
  /// or nothing of interest.
  enum class Content { kNothing, kPacket, kQuestion };
  struct Seen {
    Content content;
    const std::uint8_t* packet;
    std::size_t length;
  };
  Seen Look(const std::uint8_t* frame, std::size_t length);

  /// Writes the answer to the question seen last: kArpFrame octets.
  void Answer(std::uint8_t* frame) const;
  /// Writes a question for the stack's own address, from which the stack learns the gateway's: kArpFrame octets.
  void Introduce(std::uint8_t* frame) const;
  /// Writes the header in front of a packet whose first octet is `first`.
  void Wrap(std::uint8_t* frame, std::uint8_t first) const;

 private:
  void PutArp(std::uint8_t* frame, std::uint8_t operation, const Mac& to, const Ip& sender, const Ip& target) const;

  Ip stack_ip_;
  Ip gateway_ip_;
  Mac stack_mac_ = kStackMac;
  Ip asked_{};  // whose address
  Ip asker_{};
};

}  // namespace lunadrill
