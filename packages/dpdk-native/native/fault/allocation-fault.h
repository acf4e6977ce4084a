// The stack gets no memory, where it offers to fail: until so many allocations have failed, until a moment, or to the
// end of the run. Host thread. Read first: fault-order.h; luna_stack.h, fail_allocations.
#pragma once
#include <cstdint>
#include <limits>
#include <type_traits>

#include "fault/fault-order.h"
#include "stack/stack-object.h"

namespace lunadrill {

class AllocationFault {
 public:
  /// `stack` outlives this.
  explicit AllocationFault(StackObject* stack) : stack_(stack) {}
  AllocationFault(const AllocationFault&) = delete;
  AllocationFault& operator=(const AllocationFault&) = delete;

  /// Only for a stack with LUNA_CAP_ALLOC_FAULT. Takes the place of the one before.
  void Begin(const FaultOrder& order, double now_us) {
    const auto whole = [](double number) { return number < 1e15 ? static_cast<std::uint64_t>(number) : UINT64_MAX; };
    stack_->table().fail_allocations(whole(order.skip), whole(order.count));
    until_us_ = now_us + order.time_us;
  }
  void Clear() {
    if (until_us_ < 0) return;
    stack_->table().fail_allocations(0, 0);
    until_us_ = kNone;
  }

  /// When it ends by itself; infinity where it does not.
  double NextUs() const { return until_us_ < 0 ? std::numeric_limits<double>::infinity() : until_us_; }
  /// Ends it where it is over; whether it was.
  bool EndAt(double now_us) {
    if (NextUs() > now_us) return false;
    Clear();
    return true;
  }

 private:
  static constexpr double kNone = -1;

  StackObject* const stack_;
  double until_us_ = kNone;  // kNone where there is no such fault
};
static_assert(!std::is_copy_constructible_v<AllocationFault>);

}  // namespace lunadrill
