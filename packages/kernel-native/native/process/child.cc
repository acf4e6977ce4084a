#include "process/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cmath>
#include <ctime>
#include <type_traits>

#include "util/descriptor.h"
#include "util/failure.h"
#include "util/words.h"

namespace lunadrill {
namespace {

// No descriptor is overwritten before it has been handed on.
constexpr int kAbove = static_cast<int>(kMostDescriptors);

void Require(int error, const char* call) {
  if (error != 0) throw Failure("LD_SPAWN", "no child process", error, call);
}

class Attributes {
 public:
  Attributes() {
    Require(::posix_spawnattr_init(&value_), "posix_spawnattr_init");
    sigset_t signals;
    ::sigfillset(&signals);
    ::posix_spawnattr_setsigdefault(&value_, &signals);
    ::sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&value_, &signals);
    ::posix_spawnattr_setflags(&value_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~Attributes() { ::posix_spawnattr_destroy(&value_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  const posix_spawnattr_t* get() const { return &value_; }

 private:
  posix_spawnattr_t value_{};
};
static_assert(!std::is_copy_constructible_v<Attributes>);

class Actions {
 public:
  explicit Actions(const std::vector<int>& descriptors) {
    Require(::posix_spawn_file_actions_init(&value_), "posix_spawn_file_actions_init");
    for (std::size_t i = 0; i < descriptors.size(); ++i) {
      copies_.emplace_back(::fcntl(descriptors[i], F_DUPFD_CLOEXEC, kAbove));
      const int error = copies_.back().open()
                            ? ::posix_spawn_file_actions_adddup2(&value_, copies_.back().get(), static_cast<int>(i))
                            : errno;
      if (error != 0) {
        ::posix_spawn_file_actions_destroy(&value_);
        Require(error, "fcntl");
      }
    }
  }
  ~Actions() { ::posix_spawn_file_actions_destroy(&value_); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
  const posix_spawn_file_actions_t* get() const { return &value_; }

 private:
  posix_spawn_file_actions_t value_{};
  std::vector<Descriptor> copies_;
};
static_assert(!std::is_copy_constructible_v<Actions>);

// Node makes pipes of its own not wait; no program expects that of its standard output.
void LetWait(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags >= 0 && (flags & O_NONBLOCK) != 0) ::fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
}

// The library's clock, which costs a guest no time (guest/still-clock.cc), and not clock/run-clock.h's.
double NowMs() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

// Whether it has ended by then.
bool EndsWithin(pid_t child, double timeout_ms) {
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  if (!process.open()) throw Failure("LD_SPAWN", "no child process with a time limit", errno, "pidfd_open");
  const double until_ms = NowMs() + timeout_ms;
  for (;;) {
    pollfd end = {process.get(), POLLIN, 0};
    const double left_ms = std::ceil(std::max(until_ms - NowMs(), 0.0));
    const int ready = ::poll(&end, 1, static_cast<int>(std::min(left_ms, static_cast<double>(INT_MAX))));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) throw Failure("LD_SPAWN", "no child process with a time limit", errno, "poll");
    if (NowMs() >= until_ms) return false;
  }
}

int Reap(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw Failure("LD_SPAWN", "a child process is lost", errno, "waitpid");
  }
  return status;
}

}  // namespace

pid_t StartChild(const ChildOrder& order) {
  for (std::size_t i = 0; i < order.descriptors.size() && i <= STDERR_FILENO; ++i) LetWait(order.descriptors[i]);
  const Attributes attributes;
  const Actions actions(order.descriptors);
  const std::vector<char*> arguments = Pointers(order.arguments);
  const std::vector<char*> environment = Pointers(order.environment);
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, order.program.c_str(), actions.get(), attributes.get(), arguments.data(),
                                   environment.data());
  if (error != 0) throw Failure("LD_SPAWN", "cannot run " + order.program, error, "posix_spawn");
  return child;
}

ChildEnd AwaitChild(pid_t child, double timeout_ms) {
  if (timeout_ms < 0 || EndsWithin(child, timeout_ms)) return {Reap(child), false};
  ::kill(-child, SIGKILL);
  return {Reap(child), true};
}

}  // namespace lunadrill
