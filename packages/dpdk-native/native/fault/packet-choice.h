// Which packets a fault falls upon: the first `skip` pass, then bursts begin by chance, up to `count` packets, up to a
// moment. The same seed and the same packets give the same choice, on every machine. Host thread.
// Read first: fault-order.h; docs/interference.md.
#pragma once
#include <algorithm>
#include <cstdint>

#include "fault/fault-order.h"

namespace lunadrill {

/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }
  /// From 0 up to 1, without it.
  double Fraction() { return static_cast<double>(Next() >> 11) * 0x1p-53; }
  std::uint64_t Below(std::uint64_t limit) { return Next() % limit; }

 private:
  std::uint64_t state_;
};

class PacketChoice {
 public:
  PacketChoice(const FaultOrder& order, double now_us)
      : direction_(order.direction),
        burst_(std::max(order.burst, 1U)),
        skip_(order.skip),
        count_(order.count),
        probability_(order.probability),
        until_us_(now_us + order.time_us),
        chance_(order.seed) {}

  /// Whether the next packet of this direction is one of them.
  bool Takes(std::uint32_t direction, double now_us) {
    if ((direction_ & direction) == 0 || Over(now_us)) return false;
    if (skip_ > 0) {
      --skip_;
      return false;
    }
    if (burst_left_ == 0) {
      if (chance_.Fraction() >= probability_) return false;
      burst_left_ = burst_;
    }
    --burst_left_;
    --count_;
    return true;
  }
  /// No packet will be any more.
  bool Over(double now_us) const { return count_ < 1 || now_us >= until_us_; }

  Chance& chance() { return chance_; }

 private:
  std::uint32_t direction_;
  std::uint32_t burst_;
  std::uint32_t burst_left_ = 0;
  double skip_;
  double count_;
  double probability_;
  double until_us_;
  Chance chance_;
};

}  // namespace lunadrill
