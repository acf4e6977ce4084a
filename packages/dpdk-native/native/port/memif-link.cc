#include "port/memif-link.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "eal/eal.h"
#include "memif/arguments.h"
#include "util/descriptor.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

constexpr int kConnectMs = 10'000;

// One that nobody listens to any more is taken away: the driver leaves it where its process is killed.
void FreeSocket(const std::string& path) {
  const std::string name = "the memif socket " + path;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw Failure("LD_PORT", name + " has too long a path");
  std::memcpy(address.sun_path, path.data(), path.size());
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return;
  if (!S_ISSOCK(status.st_mode)) throw Failure("LD_PORT", name + " is there already, and no socket: name another path");
  const Descriptor probe(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  const bool taken = ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  if (taken || errno != ECONNREFUSED) {
    throw Failure("LD_PORT", name + " is in use by another process: end that one, or name another path");
  }
  if (::unlink(path.c_str()) != 0) throw Failure("LD_PORT", "cannot take " + name, errno, "unlink");
}

std::string AbstractName() {
  static int count = 0;
  return "@lunadrill-" + std::to_string(::getpid()) + "-" + std::to_string(++count);
}

}  // namespace

Child::Child(const std::string& program, const std::string& argument) {
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDWR, 0);
  ::posix_spawn_file_actions_adddup2(&files, 2, 1);
  ::posix_spawn_file_actions_addclosefrom_np(&files, 3);
  std::string runtime = "RUNTIME_DIRECTORY=" + EalRuntimeFolder();
  char* words[] = {const_cast<char*>(program.c_str()), const_cast<char*>(argument.c_str()), nullptr};
  char* environment[] = {runtime.data(), nullptr};
  const int error = ::posix_spawn(&id_, program.c_str(), &files, nullptr, words, environment);
  ::posix_spawn_file_actions_destroy(&files);
  if (error != 0) {
    throw Failure("LD_PORT", "cannot start " + program + " (npm run setup builds it)", error, "posix_spawn");
  }
}

Child::~Child() {
  ::kill(id_, SIGKILL);
  while (::waitpid(id_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

MemifLink::MemifLink(const std::string& socket, const std::string& program, const Pools& pools) : path_(socket) {
  const std::string name = path_.empty() ? AbstractName() : path_;
  if (!path_.empty()) FreeSocket(path_);
  const std::string what = "DPDK's net_memif cannot be made on " + name;
  stack_ = Device::Plug("net_memif90", memif::Arguments(memif::Role::kServer, 0, name), {pools.stack}, what);
  tester_ = Device::Plug("net_memif91", memif::Arguments(memif::Role::kServer, 1, name), {pools.tester}, what);
  if (path_.empty()) child_.emplace(program, name);
  for (const Device* each : {&*stack_, &*tester_}) {
    if (each->AwaitLink(kConnectMs)) continue;
    throw Failure("LD_PORT", "nobody has connected to both interfaces, 0 and 1, of the memif socket " + name +
                                 " within " + std::to_string(kConnectMs / 1000) + " s");
  }
}

MemifLink::~MemifLink() {
  child_.reset();
  tester_.reset();
  stack_.reset();
  if (!path_.empty()) ::unlink(path_.c_str());
}

}  // namespace lunadrill
