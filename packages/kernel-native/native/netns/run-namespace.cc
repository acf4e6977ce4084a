#include "netns/run-namespace.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "util/failure.h"

namespace lunadrill {

RunNamespace::RunNamespace() : before_(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)), thread_(::gettid()) {
  if (::unshare(CLONE_NEWNET) == 0) return;
  const int error = errno;
  if (error == EPERM) {
    throw Failure("LD_NETNS_PERMISSION",
                  "no permission for a network namespace: run as root, or start this process through lunadrill-guard, "
                  "which enters a user namespace first",
                  error, "unshare");
  }
  throw Failure("LD_NETNS", "no network namespace", error, "unshare");
}

RunNamespace::~RunNamespace() {
  if (before_.open() && ::gettid() == thread_) {
    // A refusal leaves the thread where it is: harmless, the next run enters a namespace of its own again.
    [[maybe_unused]] const int refused = ::setns(before_.get(), CLONE_NEWNET);
  }
}

}  // namespace lunadrill
