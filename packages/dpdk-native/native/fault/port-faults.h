// What the stack's own port suffers: its link is down, its receive ring is short, its mbuf pool is nearly empty. Each
// until a moment, or to the end of the run. Host thread. Read first: fault-order.h, port/wire.h; docs/interference.md.
#pragma once
#include <cstddef>
#include <limits>
#include <type_traits>
#include <vector>

#include "fault/fault-order.h"
#include "port/wire.h"

namespace lunadrill {

class PortFaults {
 public:
  /// `wire` outlives this.
  explicit PortFaults(Wire* wire) : wire_(wire) {}
  PortFaults(const PortFaults&) = delete;
  PortFaults& operator=(const PortFaults&) = delete;
  /// The port is whole again.
  ~PortFaults() { Clear(); }

  void LinkDown(const FaultOrder& order, double now_us);
  void LinkUp();
  /// `order.amount`: frames that the receive ring has room for.
  void ShortRing(const FaultOrder& order, double now_us);
  /// `order.amount`: mbufs that are left in the stack's pool.
  void EmptyPool(const FaultOrder& order, double now_us);
  /// Ends all of them.
  void Clear();

  /// When one of them ends next; infinity where none does.
  double NextUs() const;
  /// Ends those that are over; whether there were any.
  bool EndAt(double now_us);

  bool link_is_up() const { return link_us_ == kNone; }
  /// Whether a frame that reaches the stack's port now is taken up by it.
  bool TakesFrame() const;

 private:
  static constexpr double kNone = -1;

  void GiveBack();

  Wire* const wire_;
  // Until when; kNone where there is no such fault.
  double link_us_ = kNone;
  double ring_us_ = kNone;
  double pool_us_ = kNone;
  unsigned ring_room_ = 0;
  std::vector<rte_mbuf*> taken_;
};
static_assert(!std::is_copy_constructible_v<PortFaults>);

}  // namespace lunadrill
