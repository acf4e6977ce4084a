// The run's time, and the stack's, which a fault may have put forward: microseconds since the run's time 0. Virtual: a
// number that the host moves. Wall: CLOCK_MONOTONIC, standing at 0 until time 0 has been set. Never goes back. Host
// thread.
#pragma once
#include <algorithm>
#include <cstdint>
#include <ctime>
#include <limits>

namespace lunadrill {

inline std::int64_t MonotonicNs() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

class StackClock {
 public:
  explicit StackClock(bool is_virtual) : virtual_(is_virtual) {}

  bool is_virtual() const { return virtual_; }
  /// Whether time runs by itself.
  bool running() const { return !virtual_ && zero_ns_ >= 0; }

  double NowUs() const {
    if (virtual_) return static_cast<double>(now_us_);
    return running() ? UsAt(MonotonicNs()) : 0.0;
  }
  /// Wall, and running: the run's time of a moment of CLOCK_MONOTONIC.
  double UsAt(std::int64_t monotonic_ns) const {
    return static_cast<double>(std::max<std::int64_t>(monotonic_ns - zero_ns_, 0)) / 1000.0;
  }
  std::uint64_t WholeUs() const {
    if (virtual_) return now_us_;
    return running() ? static_cast<std::uint64_t>(std::max<std::int64_t>(MonotonicNs() - zero_ns_, 0)) / 1000 : 0;
  }

  /// The run's time of a moment of CLOCK_MONOTONIC in wall time, now at the latest; NaN where it is not known (0).
  double UsOf(std::int64_t monotonic_ns) const {
    if (monotonic_ns == 0) return std::numeric_limits<double>::quiet_NaN();
    if (!running()) return 0.0;
    return std::min(UsAt(monotonic_ns), NowUs());
  }

  /// What the stack's own clock shows.
  std::uint64_t StackUs() const { return WholeUs() + ahead_us_; }
  /// The run's time of a moment of the stack's.
  std::uint64_t RunUs(std::uint64_t stack_us) const { return stack_us > ahead_us_ ? stack_us - ahead_us_ : 0; }
  /// Puts the stack's clock forward.
  void Jump(std::uint64_t us) { ahead_us_ += us; }

  /// Wall: sets time 0.
  void Start(std::int64_t zero_ns) { zero_ns_ = zero_ns; }
  /// Virtual: time goes on to `us`, or stays where that has passed.
  void MoveTo(std::uint64_t us) { now_us_ = std::max(now_us_, us); }

 private:
  bool virtual_;
  std::uint64_t now_us_ = 0;
  std::uint64_t ahead_us_ = 0;
  std::int64_t zero_ns_ = -1;
};

}  // namespace lunadrill
