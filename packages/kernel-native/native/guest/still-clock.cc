// lunadrill-still.so, loaded before Node in a guest (LD_PRELOAD): Node's own looks at the clock cost the guest no time.
// In time-travel=inf-cpu each look at the exact clock moves it by 256 ns, and V8 looks whenever it compiles or
// collects: then the times of a script's events would tell how often it did. The coarse clock stands still between
// ticks, and is free. Whoever needs the exact one asks the kernel (clock/run-clock.cc). Read first:
// arch/um/kernel/time.c (timer_read).
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <ctime>

extern "C" {

__attribute__((visibility("default"))) int clock_gettime(clockid_t clock, timespec* time) {
  if (clock == CLOCK_MONOTONIC) clock = CLOCK_MONOTONIC_COARSE;
  if (clock == CLOCK_REALTIME) clock = CLOCK_REALTIME_COARSE;
  return static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
}

__attribute__((visibility("default"))) int gettimeofday(timeval* time, void*) {
  timespec now{};
  ::syscall(SYS_clock_gettime, CLOCK_REALTIME_COARSE, &now);
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}
}
