// Keeps the kernel's timers in time while runs are timed. A tick's interrupt comes to all processors at once, and one
// of them counts it (jiffies); a timer on another one that looks before that waits for the next tick, 4 ms at HZ 250.
// Which one counts changes only when it goes idle. So the timed threads, on whose processor the stack's timers are set,
// share the one that counts, and a thread that gives way to everybody keeps it from going idle. One per process; set by
// the run's thread, put to rest by any. Read first: sched(7), SCHED_IDLE; docs/timing.md.
#pragma once
#include <pthread.h>
#include <sched.h>

#include <atomic>
#include <cstdint>

namespace lunadrill {

enum class Pace {
  kOn,      ///< The calling thread stays on the processor that counts ticks, and that is kept awake.
  kLoosed,  ///< It is kept awake; the calling thread, and its children, go where they like.
};

class Pacemaker {
 public:
  static Pacemaker& OfProcess();

  /// Never fails: what is not allowed is left out. After a rest it looks which processor counts, some 20 ms for each.
  void Set(Pace pace);
  /// The processor may go idle.
  void Rest();
  /// What it has burnt so far, microseconds: no run's own.
  double CpuUs() const;

 private:
  Pacemaker();
  static void* Enter(void* self);
  void Beat() noexcept;
  bool Launch();
  void Choose();
  bool InTime() const;

  cpu_set_t allowed_;
  pthread_t thread_{};
  bool launched_ = false;
  int cpu_ = -1;
  std::atomic<std::uint32_t> beating_{0};
};

}  // namespace lunadrill
