// The tester's end alone: a net_tap port, and behind it tun0, the interface that this machine's kernel shows for it, in
// a network namespace of its own that the calling thread enters. The kernel is the stack. DPDK delivers the frames;
// when the kernel sent each, it tells a packet socket, which no driver of DPDK's does. Read first: device.h,
// tap-device.h.
#pragma once
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "netns/run-namespace.h"
#include "packet-socket/packet-socket.h"
#include "port/device.h"
#include "port/wire.h"

namespace lunadrill {

class TapEnd {
 public:
  /// A frame of the kernel's is no longer: what a card would have to cut into segments comes whole, as through TUN.
  static constexpr std::size_t kLongest = 65535 + 14;

  /// The interface is there and down. LD_BUSY, LD_PORT, LD_TUN_MISSING, LD_TUN_PERMISSION, LD_NETNS_PERMISSION,
  /// LD_NETNS, LD_SNIFF.
  explicit TapEnd(std::uint16_t mtu);
  TapEnd(const TapEnd&) = delete;
  TapEnd& operator=(const TapEnd&) = delete;
  /// Leaves the namespace.
  ~TapEnd();

  /// The kernel's interface.
  int index() const { return index_; }
  /// Hands an IP packet to the kernel. LD_INJECT: longer than the MTU, or no IP packet.
  void Inject(const std::uint8_t* packet, std::size_t length);
  /// The next IP packet of the kernel's: its length, 0 where none comes until `deadline_ns` (CLOCK_MONOTONIC). `into`
  /// has kLongest octets. In step with this, frames leave the port's queue in the kernel. LD_SNIFF.
  std::size_t Sniff(std::uint8_t* into, std::int64_t deadline_ns);
  /// When the kernel sent the one that Sniff gave last, CLOCK_MONOTONIC.
  std::int64_t sniffed_at_ns() const { return sniffed_at_ns_; }

 private:
  static constexpr std::size_t kWaiting = 256;

  /// The frame of that length in `sent_` comes out of the port: its packet's length, 0 where it does not come or is no
  /// IP.
  std::size_t Take(std::size_t length, std::uint8_t* into);
  bool IsSent(rte_mbuf* frame, std::size_t length);
  /// Lets go of the eldest that came out.
  void Drop(std::size_t count);

  WireLease lease_;
  RunNamespace namespace_;
  std::uint16_t mtu_;
  rte_mempool* pool_;
  Device device_;
  int index_;
  PacketSocket stamps_;
  std::uint8_t head_[14];
  std::uint8_t sent_[kLongest];  // as the kernel says that it has
  // Out of the port, eldest first, before the kernel has said so.
  rte_mbuf* received_[kWaiting];
  std::size_t waiting_ = 0;
  std::int64_t sniffed_at_ns_ = 0;
};
static_assert(!std::is_copy_constructible_v<TapEnd>);

}  // namespace lunadrill
