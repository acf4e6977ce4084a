#include "syscall/blocking-call.h"

#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "clock/priority.h"
#include "syscall/thread-sleeps.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

constexpr std::size_t kStackSize = 128 * 1024;
// How often the run's thread looks whether the call sleeps by now.
constexpr std::int64_t kLookNs = 15'000;

// A signal with an empty handler and without SA_RESTART ends whatever call sleeps. Threads of blocking calls alone get
// it, by pthread_kill. The last real-time signal is used by nobody else in Node.
int InterruptSignal() { return SIGRTMAX; }
void Nothing(int) {}

void InstallInterrupt() {
  struct sigaction action {};
  action.sa_handler = Nothing;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(InterruptSignal(), &action, nullptr);
}

}  // namespace

BlockingCall::BlockingCall(std::uint8_t* record, const RunClock& clock, DescriptorSet* descriptors,
                           Capabilities* capabilities)
    : runner_(record, clock, descriptors, capabilities), clock_(clock) {}

BlockingCall::~BlockingCall() { Interrupt(); }

bool BlockingCall::Start(double at_us) {
  if (!Returned()) throw Failure("LD_BLOCKED", "a blocking call is still in flight");
  runner_.Prepare();
  InstallInterrupt();
  at_us_ = at_us;
  scheduler_ = ::sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
  thread_id_.store(0, std::memory_order_relaxed);
  state_.store(kWaiting, std::memory_order_relaxed);

  // The new thread inherits the mask: signals to the process are for others and must not end the call with EINTR.
  sigset_t all, before;
  ::sigfillset(&all);
  ::sigdelset(&all, InterruptSignal());
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, kStackSize);
  const int error = ::pthread_create(&thread_, &attributes, &BlockingCall::Enter, this);
  ::pthread_attr_destroy(&attributes);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (error != 0) {
    state_.store(kIdle, std::memory_order_relaxed);
    throw Failure("LD_THREAD", "no thread for a blocking call", error, "pthread_create");
  }

  for (;;) {
    const std::uint32_t state = state_.load(std::memory_order_acquire);
    if (state == kReturned) {
      Join();
      return false;
    }
    if (state == kInside && Asleep()) return true;
    if (clock_.flow() == TimeFlow::kVirtual) {
      // A sleep would take time. There is one processor: the thread goes on when this one gives way.
      if (state == kWaiting) SleepUntilNs(clock_.ToNs(at_us_));
      ::sched_yield();
    } else if (state == kWaiting) {
      // No wake-up announces kInside, it would cost the call its punctuality: sleep towards the start, then look.
      const std::int64_t now = ClockNs(CLOCK_MONOTONIC);
      SleepUntilNs(std::max(now + kLookNs, clock_.ToNs(at_us_)));
    } else {
      SleepOnState(kInside, kLookNs);
    }
  }
}

void* BlockingCall::Enter(void* self) {
  static_cast<BlockingCall*>(self)->Run();
  return nullptr;
}

void BlockingCall::Run() noexcept {
  if (scheduler_ == SCHED_FIFO) SetSchedule(Schedule::kTimed);  // not inherited: SCHED_RESET_ON_FORK
  thread_id_.store(::gettid(), std::memory_order_release);
  clock_.WaitUntil(at_us_);
  runner_.Execute(&state_, kInside);
  state_.store(kReturned, std::memory_order_release);
  ::syscall(SYS_futex, &state_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

// Only asked for in kInside, between whose store and the call nothing sleeps.
bool BlockingCall::Asleep() const {
  return ThreadSleeps(thread_id_.load(std::memory_order_acquire)) && state_.load(std::memory_order_acquire) == kInside;
}

void BlockingCall::SleepOnState(std::uint32_t state, std::int64_t timeout_ns) {
  const timespec timeout{static_cast<time_t>(timeout_ns / 1'000'000'000),
                         static_cast<long>(timeout_ns % 1'000'000'000)};
  ::syscall(SYS_futex, &state_, FUTEX_WAIT_PRIVATE, state,
            timeout_ns == std::numeric_limits<std::int64_t>::max() ? nullptr : &timeout, nullptr, 0);
}

bool BlockingCall::Returned() {
  const std::uint32_t state = state_.load(std::memory_order_acquire);
  if (state == kReturned) Join();
  return state == kIdle || state == kReturned;
}

bool BlockingCall::Wait(double timeout_us) {
  const bool for_ever = std::isinf(timeout_us);
  const std::int64_t until = for_ever ? std::numeric_limits<std::int64_t>::max()
                                      : ClockNs(CLOCK_MONOTONIC) + static_cast<std::int64_t>(timeout_us * 1000.0);
  while (!Returned()) {
    const std::int64_t left = for_ever ? until : until - ClockNs(CLOCK_MONOTONIC);
    if (left <= 0) return false;
    SleepOnState(kInside, left);
  }
  return true;
}

void BlockingCall::Join() {
  ::pthread_join(thread_, nullptr);
  state_.store(kIdle, std::memory_order_relaxed);
}

// Repeated, as a signal that arrives just before the call goes to sleep is lost.
void BlockingCall::Interrupt() {
  while (!Returned()) {
    ::pthread_kill(thread_, InterruptSignal());
    SleepOnState(kInside, 1'000'000);
  }
}

}  // namespace lunadrill
