#include "clock/pacemaker.h"

#include <linux/futex.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <ctime>

#include "clock/run-clock.h"
#include "util/descriptor.h"

namespace lunadrill {
namespace {

constexpr std::size_t kStackSize = 64 * 1024;
constexpr int kTrials = 2;

void Bind(pthread_t thread, int cpu) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  ::pthread_setaffinity_np(thread, sizeof one, &one);
}

}  // namespace

Pacemaker& Pacemaker::OfProcess() {
  // Never destroyed: its thread may beat until the process ends.
  static auto* const pacemaker = new Pacemaker;
  return *pacemaker;
}

Pacemaker::Pacemaker() {
  CPU_ZERO(&allowed_);
  ::sched_getaffinity(0, sizeof allowed_, &allowed_);
}

void Pacemaker::Set(Pace pace) {
  // With a single processor there is nobody to be overtaken by.
  if (CPU_COUNT(&allowed_) < 2 || !Launch()) return;
  if (beating_.exchange(1) == 0) {
    ::syscall(SYS_futex, &beating_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
    Choose();
  }
  if (pace == Pace::kOn) {
    Bind(::pthread_self(), cpu_);
  } else {
    ::pthread_setaffinity_np(::pthread_self(), sizeof allowed_, &allowed_);
  }
}

void Pacemaker::Rest() { beating_.store(0); }

double Pacemaker::CpuUs() const {
  clockid_t clock{};
  timespec used{};
  if (!launched_ || ::pthread_getcpuclockid(thread_, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return 0;
  return static_cast<double>(used.tv_sec) * 1e6 + static_cast<double>(used.tv_nsec) / 1e3;
}

// The first processor on which the kernel's timers come in time; the first of all if there is none.
void Pacemaker::Choose() {
  int first = -1;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed_)) continue;
    if (first < 0) first = cpu;
    cpu_ = cpu;
    Bind(thread_, cpu);
    Bind(::pthread_self(), cpu);
    if (InTime()) return;
  }
  cpu_ = first;
  Bind(thread_, cpu_);
}

// A receive timeout is a timer of the same kind as the stack's. One of a tick that is set just after a tick ends with
// the second tick from there; where somebody else counts, and is later, with the third.
bool Pacemaker::InTime() const {
  timespec resolution{};
  ::clock_getres(CLOCK_MONOTONIC_COARSE, &resolution);
  const std::int64_t tick = resolution.tv_nsec;
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends) != 0) return true;
  const Descriptor here(ends[0]), there(ends[1]);
  const timeval timeout{0, static_cast<suseconds_t>(tick / 1000)};
  if (::setsockopt(here.get(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout) != 0) return true;
  char octet = 0;
  [[maybe_unused]] ssize_t nothing = ::recv(here.get(), &octet, 1, 0);  // until just after a tick
  for (int trial = 0; trial < kTrials; ++trial) {
    const std::int64_t before = ClockNs(CLOCK_MONOTONIC);
    nothing = ::recv(here.get(), &octet, 1, 0);
    if (ClockNs(CLOCK_MONOTONIC) - before > 2 * tick + tick / 4) return false;
  }
  return true;
}

bool Pacemaker::Launch() {
  if (launched_) return true;
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, kStackSize);
  // Not the launching thread's real-time priority, not even for the moment until it sets its own.
  sched_param parameters{};
  ::pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
  ::pthread_attr_setschedpolicy(&attributes, SCHED_OTHER);
  ::pthread_attr_setschedparam(&attributes, &parameters);
  launched_ = ::pthread_create(&thread_, &attributes, &Pacemaker::Enter, this) == 0;
  ::pthread_attr_destroy(&attributes);
  return launched_;
}

void* Pacemaker::Enter(void* self) {
  const sched_param parameters{};
  // One that does not give way would be worse than none.
  if (::sched_setscheduler(0, SCHED_IDLE, &parameters) == 0) static_cast<Pacemaker*>(self)->Beat();
  for (;;) ::pause();
}

void Pacemaker::Beat() noexcept {
  for (;;) {
    while (beating_.load(std::memory_order_relaxed) != 0) {
    }
    ::syscall(SYS_futex, &beating_, FUTEX_WAIT_PRIVATE, 0, nullptr, nullptr, 0);
  }
}

}  // namespace lunadrill
