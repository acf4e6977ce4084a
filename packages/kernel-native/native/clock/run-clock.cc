#include "clock/run-clock.h"

#include <algorithm>
#include <cerrno>

namespace lunadrill {
namespace {

// How long before a deadline sleeping ends and spinning starts. A timer's wake-up on an idle virtual CPU takes 30-60
// us.
constexpr std::int64_t kSpinNs = 80'000;
// 250 us after an edge, as upstream chooses it (4-running.md 2.1).
constexpr std::int64_t kAfterEdgeNs = 250'000;

}  // namespace

std::int64_t ClockNs(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

void SleepUntilNs(std::int64_t ns) {
  const timespec until{static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
  while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
  }
}

void RunClock::Start() {
  // The coarse clock stands still between ticks and then takes the tick's time; its resolution is the tick's length.
  timespec resolution{};
  ::clock_getres(CLOCK_MONOTONIC_COARSE, &resolution);
  const std::int64_t tick = std::clamp<std::int64_t>(resolution.tv_nsec, 1'000'000, 10'000'000);
  std::int64_t edge = ClockNs(CLOCK_MONOTONIC_COARSE) + tick;
  while (edge - kSpinNs < ClockNs(CLOCK_MONOTONIC)) edge += tick;
  SleepUntilNs(edge - kSpinNs);
  const std::int64_t before = ClockNs(CLOCK_MONOTONIC_COARSE);
  const std::int64_t give_up = edge + tick;
  std::int64_t now = 0;
  do {
    now = ClockNs(CLOCK_MONOTONIC);
  } while (ClockNs(CLOCK_MONOTONIC_COARSE) == before && now < give_up);
  zero_ns_ = now + kAfterEdgeNs;
}

double RunClock::WaitUntil(double us) const {
  const std::int64_t until = ToNs(us);
  if (until - ClockNs(CLOCK_MONOTONIC) > kSpinNs) SleepUntilNs(until - kSpinNs);
  std::int64_t now = ClockNs(CLOCK_MONOTONIC);
  while (now < until) now = ClockNs(CLOCK_MONOTONIC);
  return ToUs(now);
}

}  // namespace lunadrill
