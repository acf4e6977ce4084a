// Files and pipes of a script: real ones of the kernel, which the host opens, beside a stack's sockets. None of them
// ever sleeps in the kernel: O_NONBLOCK is always set there, and what the script has set is kept here. They have
// numbers of their own, the same in each run. Host thread. Read first: open(2), pipe(2), splice(2).
#pragma once
#include <sys/types.h>
#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <type_traits>

#include "util/descriptor.h"
#include "util/region.h"

namespace lunadrill {

class HostFiles {
 public:
  HostFiles() = default;
  HostFiles(const HostFiles&) = delete;
  HostFiles& operator=(const HostFiles&) = delete;

  /// Whether the descriptor is one of these; the stack's own numbers and epoll's are smaller.
  bool Has(int fd) const { return files_.count(fd) != 0; }
  /// Whether the script lets calls on it sleep.
  bool Blocking(int fd) const { return !files_.at(fd).nonblock; }
  bool IsPipe(int fd) const { return files_.at(fd).pipe; }
  bool Readable(int fd) const;
  bool Writable(int fd) const;

  // As the calls of these names, but for sleeping: -EAGAIN then, whatever O_NONBLOCK says. Errors are negative errno
  // numbers.
  int Open(const char* path, int flags);
  int Pipe(std::array<int, 2>* ends);
  int Close(int fd);
  std::int64_t Read(int fd, void* buffer, std::uint64_t count);
  std::int64_t ReadAt(int fd, void* buffer, std::uint64_t count, off_t offset);
  std::int64_t ReadVector(int fd, const iovec* parts, int count);
  std::int64_t Write(int fd, const void* buffer, std::uint64_t count);
  std::int64_t WriteVector(int fd, const iovec* parts, int count);
  std::int64_t Splice(int in, int out, std::uint64_t count, unsigned flags);
  std::int64_t SendFile(int out, int in, off_t offset, std::uint64_t count);
  /// Commands other than F_GETFL, F_SETFL, F_GETFD, F_SETFD, F_GETPIPE_SZ and F_SETPIPE_SZ: -EINVAL.
  int Fcntl(int fd, int command, int argument);
  /// FIONBIO apart, the kernel's own answer.
  int Ioctl(int fd, std::uint32_t request, void* value);

  /// Puts zeros into a pipe as splice(2) does from a socket: in pages that nobody adds to.
  std::int64_t Put(int fd, std::uint64_t count);
  /// What is in a pipe stays there.
  std::int64_t Peek(int fd, void* buffer, std::uint64_t count);
  /// poll(2)'s bits that hold now.
  int Ready(int fd) const;
  /// Whether epoll takes it: -EPERM for regular files and their like.
  int Watch(int fd);
  /// epoll(7)'s edge since this was asked last, of a watched one: the bits that hold, 0 without one.
  std::uint32_t Edge(int fd) const;

 private:
  struct File {
    Descriptor kernel;
    Descriptor edges;  // an epoll set of the kernel's that has it alone
    bool pipe = false;
    bool nonblock = false;
    bool close_on_exec = false;
  };
  int Kernel(int fd) const { return files_.at(fd).kernel.get(); }
  int Keep(Descriptor kernel, bool pipe, int flags);

  static constexpr int kFirst = 1 << 21;
  int next_ = kFirst;
  std::map<int, File> files_;
  Descriptor peek_reader_;
  Descriptor peek_writer_;
  Region zeros_{PROT_READ};
};
static_assert(!std::is_copy_constructible_v<HostFiles>);

}  // namespace lunadrill
