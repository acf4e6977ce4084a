#include "netns/run-namespace.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/failure.h"

namespace lunadrill {
namespace {

constexpr char kOwn[] = "/proc/thread-self/ns/net";

ino_t OwnNamespace() {
  struct stat status {};
  return ::stat(kOwn, &status) == 0 ? status.st_ino : 0;
}

// Of the namespace that the thread is in, so not of the machine's. Read by the kernel whenever such a timer fires.
void GiveOrphansUp() {
  const Descriptor retries(::open("/proc/sys/net/ipv4/tcp_orphan_retries", O_WRONLY | O_CLOEXEC));
  [[maybe_unused]] const ssize_t written = ::write(retries.get(), "1", 1);
}

}  // namespace

RunNamespace::RunNamespace() : before_(::open(kOwn, O_RDONLY | O_CLOEXEC)) {
  if (::unshare(CLONE_NEWNET) == 0) {
    inside_ = OwnNamespace();
    return;
  }
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
  if (!before_.open() || inside_ == 0 || OwnNamespace() != inside_) return;
  GiveOrphansUp();
  // A refusal leaves the thread where it is: harmless, the next run enters a namespace of its own again.
  [[maybe_unused]] const int refused = ::setns(before_.get(), CLONE_NEWNET);
}

}  // namespace lunadrill
