#include "guard/enter.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "netlink/route-socket.h"
#include "util/descriptor.h"
#include "util/failure.h"

namespace lunadrill::guard {
namespace {

constexpr char kRefused[] =
    "no private network namespace for an ordinary user here; run as root, or allow user namespaces (sysctl: "
    "user.max_user_namespaces above 0, kernel.unprivileged_userns_clone=1, "
    "kernel.apparmor_restrict_unprivileged_userns=0, whichever exist)";

void WriteFile(const char* path, const std::string& text) {
  const Descriptor file(::open(path, O_WRONLY | O_CLOEXEC));
  if (!file.open() || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    throw Failure("LD_USERNS", kRefused, errno, path);
  }
}

// user_namespaces(7): the caller's own ids become 0; setgroups must be denied before an ordinary user may map groups.
void EnterUserNamespace() {
  const std::string user = std::to_string(::geteuid());
  const std::string group = std::to_string(::getegid());
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) throw Failure("LD_USERNS", kRefused, errno, "unshare");
  WriteFile("/proc/self/setgroups", "deny");
  WriteFile("/proc/self/uid_map", "0 " + user + " 1\n");
  WriteFile("/proc/self/gid_map", "0 " + group + " 1\n");
}

void EnterPrivate() {
  if (::unshare(CLONE_NEWNET) != 0) {
    if (errno != EPERM) throw Failure("LD_USERNS", kRefused, errno, "unshare");
    EnterUserNamespace();
  }
  try {
    RouteSocket().SetLinkUp(1);
  } catch (const Failure& failure) {
    throw Failure("LD_USERNS", kRefused, failure.error(), failure.call());
  }
}

// Some systems let a user namespace be made and then deny everything in it, and there is no way back out: so a child
// goes first.
bool WouldSucceed() {
  const pid_t probe = ::fork();
  if (probe < 0) return false;
  if (probe == 0) {
    try {
      EnterPrivate();
    } catch (const Failure&) {
      ::_exit(1);
    }
    ::_exit(0);
  }
  int status = 0;
  while (::waitpid(probe, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

bool EnterNamespace(Netns wanted) {
  if (wanted == Netns::kHost || (wanted == Netns::kPrefer && !WouldSucceed())) return false;
  EnterPrivate();
  return true;
}

}  // namespace lunadrill::guard
