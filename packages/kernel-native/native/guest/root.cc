#include "guest/root.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "util/failure.h"

namespace lunadrill::guest {
namespace {

// Exists on every host; what is in there on the host shows again in the new root.
constexpr char kStage[] = "/tmp";
constexpr char kRoot[] = "/tmp/root";

void Mount(const char* source, const char* target, const char* type, unsigned long flags = 0, const char* data = "") {
  if (::mount(source, target, type, flags, data) == 0) return;
  throw Failure("LD_GUEST_ROOT", std::string("cannot mount ") + type + " at " + target, errno, "mount");
}

void MakeFolder(const char* path) {
  if (::mkdir(path, 0755) == 0 || errno == EEXIST) return;
  throw Failure("LD_GUEST_ROOT", std::string("cannot make ") + path, errno, "mkdir");
}

}  // namespace

void EnterRoot(const char* post) {
  Mount("tmpfs", kStage, "tmpfs");
  for (const char* folder : {"/tmp/upper", "/tmp/work", kRoot}) MakeFolder(folder);
  // The lower layer is the mount of the host's root alone, without what was mounted over it.
  Mount("host", kRoot, "overlay", 0, "lowerdir=/,upperdir=/tmp/upper,workdir=/tmp/work");
  Mount("proc", "/tmp/root/proc", "proc");
  Mount("sysfs", "/tmp/root/sys", "sysfs");
  Mount("devtmpfs", "/tmp/root/dev", "devtmpfs");
  for (const char* folder : {"/tmp/root/dev/pts", "/tmp/root/dev/shm", "/tmp/root/dev/lunadrill"}) MakeFolder(folder);
  Mount("devpts", "/tmp/root/dev/pts", "devpts", 0, "ptmxmode=666");
  Mount("tmpfs", "/tmp/root/dev/shm", "tmpfs");
  Mount("post", (std::string("/tmp/root") + kPost).c_str(), "hostfs", 0, post);
  // As a user's shell on the host finds it.
  ::symlink("/proc/self/fd", "/tmp/root/dev/fd");
  ::symlink("/proc/self/fd/0", "/tmp/root/dev/stdin");
  ::symlink("/proc/self/fd/1", "/tmp/root/dev/stdout");
  ::symlink("/proc/self/fd/2", "/tmp/root/dev/stderr");
  ::chmod("/tmp/root/dev/net/tun", 0666);
  if (::chdir(kRoot) != 0) throw Failure("LD_GUEST_ROOT", "cannot enter the root", errno, "chdir");
  Mount(".", "/", "none", MS_MOVE);
  if (::chroot(".") != 0 || ::chdir("/") != 0) throw Failure("LD_GUEST_ROOT", "cannot enter the root", errno, "chroot");
}

}  // namespace lunadrill::guest
