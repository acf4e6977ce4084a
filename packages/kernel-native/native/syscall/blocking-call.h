// The call that sleeps: runs on a thread of its own (made by the run's thread, so in its network namespace), which
// waits for the start time itself. One at a time. Every method belongs to the run's thread.
// Read first: 3-calls.md 6; proc(5) /proc/self/task/TID/stat; futex(2).
#pragma once
#include <pthread.h>

#include <atomic>
#include <cstdint>

#include "clock/run-clock.h"
#include "syscall/call-runner.h"
#include "syscall/descriptor-set.h"

namespace lunadrill {

class BlockingCall {
 public:
  BlockingCall(std::uint8_t* record, const RunClock& clock, DescriptorSet* descriptors, Capabilities* capabilities);
  BlockingCall(const BlockingCall&) = delete;
  BlockingCall& operator=(const BlockingCall&) = delete;
  /// Interrupts a call that still sleeps.
  ~BlockingCall();

  /// Runs the record at `at_us`. True: the thread is asleep in the kernel, inside the call. False: it has returned.
  bool Start(double at_us);
  /// Whether no call is in flight (the record of the last one is filled).
  bool Returned();
  /// The same, after waiting up to `timeout_us` (infinity: for ever) for it.
  bool Wait(double timeout_us);

 private:
  // state_: kIdle → kWaiting (for its time) → kInside (the kernel) → kReturned (record filled, release) → kIdle
  static constexpr std::uint32_t kIdle = 0, kWaiting = 1, kInside = 2, kReturned = 3;
  static void* Enter(void* self);
  void Run() noexcept;
  void Join();
  void Interrupt();
  bool Asleep() const;
  void SleepOnState(std::uint32_t state, std::int64_t timeout_ns);

  CallRunner runner_;
  const RunClock& clock_;
  std::atomic<std::uint32_t> state_{kIdle};
  std::atomic<int> thread_id_{0};
  pthread_t thread_{};
  double at_us_ = 0;
  int scheduler_ = 0;
};
static_assert(std::atomic<std::uint32_t>::is_always_lock_free && sizeof(std::atomic<std::uint32_t>) == 4, "a futex");

}  // namespace lunadrill
