// The network device: IP packets between the object's table and lwIP. Its owner's lock is held in all of it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace luna {

struct SentPacket {
  std::vector<std::uint8_t> octets;
  long long time_us;  // of gettimeofday
};

/// What lwIP has sent and nobody has taken, the oldest first.
std::deque<SentPacket>& SentPackets();
/// Gives lwIP a packet; false where there is no memory, or it is none.
bool TakePacket(const void* packet, std::size_t count);

}  // namespace luna
