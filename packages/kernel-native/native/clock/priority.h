// Real-time priority, locked memory and timer slack of the calling thread. Read first: sched(7), mlock(2).
#pragma once

namespace lunadrill {

struct Priority {
  bool fifo;
  bool locked;
};

/// SCHED_FIFO 2 for the calling thread and locked memory for the process, each only where it is allowed. Never fails.
Priority RaisePriority();

/// How the calling thread is scheduled from now on.
enum class Schedule {
  kTimed,    ///< SCHED_FIFO 2; children are SCHED_OTHER.
  kCommand,  ///< SCHED_FIFO 2, and children inherit it, until they choose a lower one.
  kNormal,   ///< SCHED_OTHER.
  kUntimed,  ///< SCHED_BATCH, nice 5, children too.
};

/// False where this is not allowed; the thread stays as it was then.
bool SetSchedule(Schedule schedule);

/// Lets the calling thread's sleeps end when they should and not up to 50 us later.
void FineTimerSlack();

/// User and system time of the children that have ended and been waited for, in microseconds.
double ChildrenCpuUs();

}  // namespace lunadrill
