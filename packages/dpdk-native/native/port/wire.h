// The wire: a link between the stack's port and the tester's, the pools of their frames, and the tester's end of it.
// Pools outlive a run: DPDK keeps them by name, so the next Wire of this process finds them again.
// Host thread. Read first: link.h, rte_mbuf.h.
#pragma once
#include <rte_mbuf.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>

#include "port/link.h"
#include "port/sent-time.h"

struct rte_mempool;

namespace lunadrill {

/// One Wire at a time in a process.
class WireLease {
 public:
  WireLease();  // LD_BUSY
  ~WireLease();
  WireLease(const WireLease&) = delete;
  WireLease& operator=(const WireLease&) = delete;
};
static_assert(!std::is_copy_constructible_v<WireLease>);

class Wire {
 public:
  /// Frames of either end are at most this long: a mbuf's lengths have 16 bits, its headroom included.
  static constexpr std::size_t kMaxFrame = 65535 - RTE_PKTMBUF_HEADROOM;
  /// An IP packet of the stack's is at most this long.
  static constexpr std::uint16_t kMaxMtu = 9000;

  /// `mtu`: what the stack's frames carry; in memory the tester's may be longer. LD_PORT, LD_BUSY, and MakeLink's.
  Wire(std::uint16_t mtu, const PortChoice& choice);
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  ~Wire();

  std::uint16_t stack_port() const { return link_->stack_port(); }
  rte_mempool* stack_pool() const { return stack_pool_; }
  /// The longest frame that a tester may send here.
  std::size_t longest() const { return longest_; }
  /// See Link.
  bool travels() const { return link_->travels(); }
  pid_t carrier() const { return link_->carrier(); }
  Capture* capture() const { return link_->capture(); }

  /// What the stack's port says of its link.
  void SetLink(bool up);

  /// How many frames wait for the stack, as far as that is known.
  unsigned FramesForStack() const { return link_->FramesForStack(); }

  /// Where a frame of `length` octets to the stack is to be written, null where there is no memory; then Send.
  std::uint8_t* NewFrame(std::size_t length);
  /// False where the stack's port is full: the frame is lost, as on any wire.
  bool Send();

  /// Keeps octets aside, in memory of the tester's; null where there is none. The caller's to free, before Recover.
  rte_mbuf* Keep(const std::uint8_t* octets, std::size_t length);

  /// Calls `visit(octets, length, sent_ns)` for each frame that the stack has sent until now; sent_ns: SentTime's.
  template <typename Visit>
  void Receive(Visit visit) {
    rte_mbuf* frame = nullptr;
    while (TakeFrame(&frame)) {
      const std::uint32_t length = frame->pkt_len;
      if (length <= kMaxFrame) {
        visit(static_cast<const std::uint8_t*>(rte_pktmbuf_read(frame, 0, length, in_one_piece_)), length,
              sent_time_.Get(frame));
      }
      rte_pktmbuf_free(frame);
    }
  }

  /// After the stack's end: takes all frames back, and says how many mbufs the stack has kept. Those never come back,
  /// so their pool is given up and the next Wire has a fresh one. Nothing but the destructor may follow.
  /// `visit` is given each pool that some are missing in, all others back.
  std::size_t Recover(const std::function<void(rte_mempool*)>& visit);

 private:
  bool TakeFrame(rte_mbuf** frame);

  WireLease lease_;
  SentTime sent_time_;
  rte_mempool* stack_pool_;
  rte_mempool* tester_pool_;
  std::unique_ptr<Link> link_;
  std::uint16_t tester_port_;
  std::size_t longest_;
  rte_mbuf* next_ = nullptr;
  std::uint8_t in_one_piece_[kMaxFrame];
};
static_assert(!std::is_copy_constructible_v<Wire>);

}  // namespace lunadrill
