// A fault as a client asks for it: the record of a `fault` command, read once. Host thread.
// Read first: engine/src/host/layout.ts (Fault).
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>

#include "lunadrill/layout.h"

namespace lunadrill {

struct FaultOrder {
  std::uint32_t kind = 0;       // layout::fault_kind
  std::uint32_t direction = 0;  // bits: 1 to the stack, 2 from it
  std::uint32_t burst = 0;
  std::uint32_t seed = 0;
  double skip = 0;
  double count = 0;
  double probability = 0;
  double time_us = 0;  // how long; infinity to the end of the run
  double amount = 0;
  double limit_us = 0;
  std::uint32_t mask = 0;
  std::uint32_t repair = 0;

  /// False where the record is too short, or has a number that is out of every range.
  bool Read(const std::uint8_t* record, std::size_t length) {
    namespace at = layout::fault;
    if (length < at::kSize) return false;
    const auto take = [record](std::size_t offset, auto* into) { std::memcpy(into, record + offset, sizeof *into); };
    take(at::kKind, &kind);
    take(at::kDirection, &direction);
    take(at::kBurst, &burst);
    take(at::kSeed, &seed);
    take(at::kSkip, &skip);
    take(at::kCount, &count);
    take(at::kProbability, &probability);
    take(at::kTimeUs, &time_us);
    take(at::kAmount, &amount);
    take(at::kLimitUs, &limit_us);
    take(at::kMask, &mask);
    take(at::kRepair, &repair);
    const double numbers[] = {skip, count, probability, time_us, limit_us, amount + 1};
    return std::all_of(std::begin(numbers), std::end(numbers), [](double number) { return number >= 0; }) &&
           amount < 1e15;
  }
};

}  // namespace lunadrill
