// The run's clock: microseconds (double) since time 0, from CLOCK_MONOTONIC. Read by the run's thread and by the thread
// of a blocking call; time 0 is set while no such thread exists. Read first: clock_gettime(2), clock_nanosleep(2).
#pragma once
#include <cstdint>
#include <ctime>

namespace lunadrill {

/// About 31 years: keeps microseconds convertible to nanoseconds in 64 bits.
constexpr double kFarUs = 1e15;

/// Nanoseconds of a clock (clock_gettime).
std::int64_t ClockNs(clockid_t clock);

/// When the kernel ticks: CLOCK_MONOTONIC modulo the tick's length, constant while the machine is up. Learnt by the
/// first start of an environment (at the cost of spinning through one tick), kept for the later ones.
struct TickPhase {
  std::int64_t ns = -1;
};

/// kVirtual: the machine's own time stands still while anything computes and timers are exact (User Mode Linux with
/// time-travel=inf-cpu). A wait is one sleep then; one that spins would not end.
enum class TimeFlow { kWall, kVirtual };

class RunClock {
 public:
  /// Until Start, time 0 is the moment of construction.
  explicit RunClock(TimeFlow flow = TimeFlow::kWall);

  /// Sets time 0 to 250 us after the next tick of the kernel, so that a script's milliseconds fall between ticks.
  /// Sleeps up to one tick; returns before time 0.
  void Start(TickPhase* phase);
  double NowUs() const { return ToUs(ClockNs(CLOCK_MONOTONIC)); }
  double ToUs(std::int64_t monotonic_ns) const { return static_cast<double>(monotonic_ns - zero_ns_) / 1000.0; }
  /// CLOCK_REALTIME at time 0, as that clock is set now; microseconds.
  double EpochUs() const {
    const std::int64_t since_ns = ClockNs(CLOCK_MONOTONIC) - zero_ns_;
    return static_cast<double>(ClockNs(CLOCK_REALTIME) - since_ns) / 1000.0;
  }
  std::int64_t ToNs(double us) const { return zero_ns_ + static_cast<std::int64_t>(us * 1000.0); }

  /// Sleeps to shortly before `us`, then spins; returns the time now. Exact only with a timer slack of 1 ns.
  double WaitUntil(double us) const;
  TimeFlow flow() const { return flow_; }

 private:
  void StartVirtual(TickPhase* phase);

  TimeFlow flow_;
  std::int64_t zero_ns_ = 0;
};

/// Sleeps until the kernel ticks, where time is virtual: what follows has the same times then, whatever went before.
void SleepToTick();

/// Sleeps until `ns` of CLOCK_MONOTONIC; signals do not end it.
void SleepUntilNs(std::int64_t ns);

}  // namespace lunadrill
