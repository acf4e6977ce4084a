// The TUN device tun0 of a run: packets written here arrive at the kernel's stack, packets that the stack sends wait
// here until they are read. Read first: Linux Documentation/networking/tuntap.rst, linux/virtio_net.h.
#pragma once
#include <cstddef>
#include <cstdint>

#include "util/descriptor.h"

namespace lunadrill {

class TunDevice {
 public:
  /// Opens /dev/net/tun and makes tun0 in the thread's network namespace, with checksum and TSO offload.
  /// `gso_size`: segment size given with injected TCP packets, 0 for none. `speed_mbps`: 0 leaves the default.
  TunDevice(std::uint16_t gso_size, std::uint32_t speed_mbps);
  TunDevice(const TunDevice&) = delete;
  TunDevice& operator=(const TunDevice&) = delete;
  /// Leaves the device to its network namespace, which takes it down in the background once nobody is in it. Closing
  /// the file alone would do that here, and wait 35 ms for other CPUs.
  ~TunDevice();

  int index() const { return index_; }
  /// One IP packet to the stack.
  void Inject(const std::uint8_t* packet, std::size_t length);
  /// A write that the kernel refuses at once (too short for its head) and counts nowhere: warms the way of the next
  /// one.
  void Rehearse();
  /// Takes `count` packets off the device, so that the kernel sees them as transmitted. Waits for one that is on its
  /// way (it is captured just before it is queued), at most 50 ms in all: the device drops packets when it is full.
  void Drain(std::uint64_t count);

 private:
  void SetSpeed(std::uint32_t mbps);
  Descriptor file_;
  int index_ = 0;
  std::uint16_t gso_size_;
};

}  // namespace lunadrill
