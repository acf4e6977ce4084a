#include "guest/layer.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "guest/root.h"
#include "util/failure.h"

namespace lunadrill::guest {
namespace {

// Exists in every root. What is in there shows in the new root again: a layer sees the file system, not what is mounted
// over.
constexpr char kStage[] = "/tmp";
constexpr char kRoot[] = "/tmp/root";

void Require(int result, const char* call, const std::string& what) {
  if (result != 0) throw Failure("LD_GUEST_LAYER", "no layer for this run: " + what, errno, call);
}

}  // namespace

Layer::Layer() : below_(::open("/", O_PATH | O_CLOEXEC)) {
  try {
    Mount();
  } catch (const Failure&) {
    Leave();
    throw;
  }
}

Layer::~Layer() { Leave(); }

void Layer::Mount() {
  Require(::mount("tmpfs", kStage, "tmpfs", 0, ""), "mount", kStage);
  for (const char* folder : {"/tmp/upper", "/tmp/work", kRoot}) Require(::mkdir(folder, 0755), "mkdir", folder);
  Require(::mount("run", kRoot, "overlay", 0, "lowerdir=/,upperdir=/tmp/upper,workdir=/tmp/work"), "mount", kRoot);
  for (const auto& [from, to] :
       {std::pair{"/proc", "/tmp/root/proc"}, {"/sys", "/tmp/root/sys"}, {"/dev", "/tmp/root/dev"}}) {
    Require(::mount(from, to, nullptr, MS_BIND | MS_REC, nullptr), "mount", to);
  }
  // What host and guest say to each other is none of a script's business.
  Require(::umount2((std::string(kRoot) + kPost).c_str(), MNT_DETACH), "umount2", kPost);
  Require(::mount("tmpfs", "/tmp/root/dev/shm", "tmpfs", 0, ""), "mount", "/dev/shm");
  Require(::chdir(kRoot), "chdir", kRoot);
  Require(::chroot("."), "chroot", kRoot);
}

void Layer::Leave() noexcept {
  if (::fchdir(below_.get()) != 0 || ::chroot(".") != 0) return;
  ::umount2(kStage, MNT_DETACH);
}

}  // namespace lunadrill::guest
