#include "clock/priority.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>

namespace lunadrill {
namespace {

constexpr std::size_t kPage = 65536;
// Above a command in the midst of a script, which has 1: it must not keep another run's thread from its moment.
constexpr int kTimedPriority = 2;
// A third of an ordinary thread's share. Not SCHED_IDLE: beside programs that want every processor, init commands then
// take minutes, and what is timed has real-time priority and waits for neither.
constexpr int kUntimedNice = 5;

// Whether the limit on locked memory does not bind us: CAP_IPC_LOCK over the machine lifts it (that of a user namespace
// does not). Asked by locking more than the limit, without touching it.
bool MayLockAnything() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return false;
  if (limit.rlim_cur == RLIM_INFINITY) return true;
  const std::size_t beyond = limit.rlim_cur + kPage;
  void* probe = ::mmap(nullptr, beyond, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (probe == MAP_FAILED) return false;
  const bool allowed = ::mlock2(probe, beyond, MLOCK_ONFAULT) == 0;
  ::munmap(probe, beyond);
  return allowed;
}

// Locks the mappings of files (Node, libc, this addon), each page from its first use on: these are what memory pressure
// takes away from a machine without swap. Not mlockall: V8 gives heap pages back with madvise, which fails on locked
// memory, and aborts the process (seen with Node 20: "Check failed: 0 == ret" in OS::SetPermissions).
bool LockFiles() {
  if (!MayLockAnything()) return false;
  std::ifstream maps("/proc/self/maps");
  bool all = maps.good();
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t from = 0, to = 0;
    char readable = 0, path = 0;
    if (std::sscanf(line.c_str(), "%zx-%zx %c%*s %*s %*s %*s %c", &from, &to, &readable, &path) != 4) continue;
    if (readable != 'r' || path != '/') continue;
    all = ::mlock2(reinterpret_cast<void*>(from), to - from, MLOCK_ONFAULT) == 0 && all;
  }
  return all;
}

}  // namespace

void FineTimerSlack() { ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL); }

bool SetSchedule(Schedule schedule) {
  const bool fifo = schedule == Schedule::kTimed || schedule == Schedule::kCommand;
  sched_param parameters{};
  parameters.sched_priority = fifo ? kTimedPriority : 0;
  int policy = fifo ? SCHED_FIFO : schedule == Schedule::kUntimed ? SCHED_BATCH : SCHED_OTHER;
  if (schedule == Schedule::kTimed) policy |= SCHED_RESET_ON_FORK;
  if (::sched_setscheduler(0, policy, &parameters) != 0) return false;
  return ::setpriority(PRIO_PROCESS, 0, schedule == Schedule::kUntimed ? kUntimedNice : 0) == 0;
}

Priority RaisePriority() {
  FineTimerSlack();
  Priority raised{};
  raised.fifo = SetSchedule(Schedule::kTimed);
  raised.locked = LockFiles();
  return raised;
}

double ChildrenCpuUs() {
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

}  // namespace lunadrill
