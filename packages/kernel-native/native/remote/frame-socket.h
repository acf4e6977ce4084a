// The wire server's end of the link: Ethernet frames from one client captured with the kernel's time stamps, frames
// sent at their moment. Leaves nothing behind: what it asks of the device goes with the descriptor. Read first:
// packet(7) (PACKET_MR_PROMISC), socket(7) (SO_ATTACH_FILTER).
#pragma once
#include <cstddef>
#include <cstdint>

#include "clock/run-clock.h"
#include "nic/device.h"
#include "util/descriptor.h"
#include "util/ip-address.h"

namespace lunadrill {

class FrameSocket {
 public:
  /// What is captured besides neighbour discovery: frames from `client` that are ICMP, or have one of these ports. 0:
  /// none.
  struct Filter {
    IpAddress client;
    std::uint16_t source_port;
    std::uint16_t destination_port;
    std::uint16_t other_destination_port;
  };

  FrameSocket(const Device& device, const Filter& filter);
  FrameSocket(const FrameSocket&) = delete;
  FrameSocket& operator=(const FrameSocket&) = delete;

  int descriptor() const { return socket_.get(); }
  /// The oldest frame that waits, Ethernet header first: its length, 0 where none does. Never waits.
  std::size_t Receive(std::uint8_t* buffer, std::size_t capacity, double* at_us);
  /// Lets CLOCK_MONOTONIC reach `at_us` (past: at once), sends, and returns when that was. LD_WIRE_SEND.
  double Send(const std::uint8_t* frame, std::size_t length, double at_us);

 private:
  Descriptor socket_;
  RunClock clock_;
};

}  // namespace lunadrill
