// A thread for an object's functions: nobody waits for its end, and signals to the process go to other threads.
#pragma once
#include <signal.h>

#include <system_error>
#include <thread>
#include <utility>

#include "util/failure.h"

namespace lunadrill {

/// LD_THREAD. `run` owns all that it uses.
template <typename Run>
void StartQuietThread(Run run) {
  sigset_t all, before;
  ::sigfillset(&all);
  // Those of a crash are its own, and recorded.
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP}) ::sigdelset(&all, signal);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    std::thread(std::move(run)).detach();
  } catch (const std::system_error& error) {
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    throw Failure("LD_THREAD", "no thread for the stack", error.code().value(), "pthread_create");
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace lunadrill
