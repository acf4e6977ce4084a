// A foreign program as a child of the calling thread, in a session of its own. Started as by vfork(2): a copy of Node's
// address space would cost more than most programs do, above all in a guest. Read first: posix_spawn(3), pidfd_open(2).
#pragma once
#include <sys/types.h>

#include <cstddef>
#include <string>
#include <vector>

namespace lunadrill {

/// What a child may be given.
constexpr std::size_t kMostDescriptors = 64;

struct ChildOrder {
  std::string program;                   // without a slash: looked for in this process's PATH
  std::vector<std::string> arguments;    // from the name that it goes by on
  std::vector<std::string> environment;  // NAME=value
  std::vector<int> descriptors;          // of this process: its 0, 1, 2, …
};

/// Its 0, 1 and 2 wait (no O_NONBLOCK), here too, as they are the same files. It has all signals as they are by
/// default, and none blocked. LD_SPAWN, with the errno of what could not be run.
pid_t StartChild(const ChildOrder& order);

struct ChildEnd {
  int status = 0;  // wait(2)
  bool timed_out = false;
};

/// Waits for its end. After `timeout_ms` (below 0: never) its process group is killed, and it with it. LD_SPAWN.
ChildEnd AwaitChild(pid_t child, double timeout_ms);

}  // namespace lunadrill
