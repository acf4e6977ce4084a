// What the stack sent on one interface, with the kernel's time stamps. Read first: packet(7), socket(7) SO_TIMESTAMPNS.
#pragma once
#include <cstddef>
#include <cstdint>

#include "util/descriptor.h"

namespace lunadrill {

class PacketSocket {
 public:
  struct Packet {
    std::size_t length = 0;         // octets written; 0: none came
    std::int64_t monotonic_ns = 0;  // when the kernel sent it
  };

  explicit PacketSocket(int interface_index);
  PacketSocket(const PacketSocket&) = delete;
  PacketSocket& operator=(const PacketSocket&) = delete;
  /// Closes on a thread of its own: the kernel makes that wait 12 ms for other CPUs (synchronize_net).
  ~PacketSocket();
  /// The next packet that was sent, oldest first; waits until `deadline_ns` of CLOCK_MONOTONIC (INT64_MAX: for ever),
  /// or until the descriptor `interrupt` is readable.
  Packet Next(std::uint8_t* buffer, std::size_t capacity, std::int64_t deadline_ns, int interrupt);

 private:
  bool Receive(std::uint8_t* buffer, std::size_t capacity, Packet* packet);
  Descriptor socket_;
  int interface_index_;
};

}  // namespace lunadrill
