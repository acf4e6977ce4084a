#include "poll/host-files.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace lunadrill {
namespace {

// Of a file that open() makes: upstream passes none, so chance says.
constexpr mode_t kMode = 0600;
constexpr std::uint32_t kAnyEvent = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET;

template <typename Result>
std::int64_t OrErrno(Result result) {
  return result < 0 ? -std::int64_t{errno} : std::int64_t{result};
}

}  // namespace

int HostFiles::Keep(Descriptor kernel, bool pipe, int flags) {
  File& file = files_[next_];
  file.kernel = std::move(kernel);
  file.pipe = pipe;
  file.nonblock = (flags & O_NONBLOCK) != 0;
  file.close_on_exec = (flags & O_CLOEXEC) != 0;
  return next_++;
}

int HostFiles::Open(const char* path, int flags) {
  Descriptor kernel(::open(path, flags | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, kMode));
  if (!kernel.open()) return -errno;
  struct stat about {};
  const bool pipe = ::fstat(kernel.get(), &about) == 0 && S_ISFIFO(about.st_mode);
  return Keep(std::move(kernel), pipe, flags);
}

int HostFiles::Pipe(std::array<int, 2>* ends) {
  int kernel[2];
  if (::pipe2(kernel, O_NONBLOCK | O_CLOEXEC) < 0) return -errno;
  for (std::size_t i = 0; i < ends->size(); ++i) (*ends)[i] = Keep(Descriptor(kernel[i]), true, 0);
  return 0;
}

int HostFiles::Close(int fd) { return files_.erase(fd) == 1 ? 0 : -EBADF; }

bool HostFiles::Readable(int fd) const { return (::fcntl(Kernel(fd), F_GETFL) & O_ACCMODE) != O_WRONLY; }
bool HostFiles::Writable(int fd) const { return (::fcntl(Kernel(fd), F_GETFL) & O_ACCMODE) != O_RDONLY; }

std::int64_t HostFiles::Read(int fd, void* buffer, std::uint64_t count) {
  return OrErrno(::read(Kernel(fd), buffer, count));
}
std::int64_t HostFiles::ReadAt(int fd, void* buffer, std::uint64_t count, off_t offset) {
  return OrErrno(::pread(Kernel(fd), buffer, count, offset));
}
std::int64_t HostFiles::ReadVector(int fd, const iovec* parts, int count) {
  return OrErrno(::readv(Kernel(fd), parts, count));
}
std::int64_t HostFiles::Write(int fd, const void* buffer, std::uint64_t count) {
  return OrErrno(::write(Kernel(fd), buffer, count));
}
std::int64_t HostFiles::WriteVector(int fd, const iovec* parts, int count) {
  return OrErrno(::writev(Kernel(fd), parts, count));
}
std::int64_t HostFiles::Splice(int in, int out, std::uint64_t count, unsigned flags) {
  return OrErrno(::splice(Kernel(in), nullptr, Kernel(out), nullptr, count, flags | SPLICE_F_NONBLOCK));
}
std::int64_t HostFiles::SendFile(int out, int in, off_t offset, std::uint64_t count) {
  return OrErrno(::sendfile(Kernel(out), Kernel(in), &offset, count));
}

int HostFiles::Fcntl(int fd, int command, int argument) {
  File& file = files_.at(fd);
  switch (command) {
    case F_GETFL:
      return (::fcntl(file.kernel.get(), F_GETFL) & ~O_NONBLOCK) | (file.nonblock ? O_NONBLOCK : 0);
    case F_SETFL:
      if (::fcntl(file.kernel.get(), F_SETFL, argument | O_NONBLOCK) < 0) return -errno;
      file.nonblock = (argument & O_NONBLOCK) != 0;
      return 0;
    case F_GETFD:
      return file.close_on_exec ? FD_CLOEXEC : 0;
    case F_SETFD:
      file.close_on_exec = (argument & FD_CLOEXEC) != 0;
      return 0;
    case F_GETPIPE_SZ:
    case F_SETPIPE_SZ:
      return static_cast<int>(OrErrno(::fcntl(file.kernel.get(), command, argument)));
    default:
      return -EINVAL;
  }
}

int HostFiles::Ioctl(int fd, std::uint32_t request, void* value) {
  File& file = files_.at(fd);
  switch (request) {
    case FIOCLEX:
    case FIONCLEX:
      file.close_on_exec = request == FIOCLEX;
      return 0;
    case FIONBIO: {
      int on = 0;
      if (value == nullptr) return -EFAULT;
      std::memcpy(&on, value, sizeof on);
      file.nonblock = on != 0;
      return 0;
    }
    default:
      return static_cast<int>(OrErrno(::ioctl(file.kernel.get(), request, value)));
  }
}

std::int64_t HostFiles::Put(int fd, std::uint64_t count) {
  const iovec zeros = {zeros_.AtLeast(count), count};
  return OrErrno(::vmsplice(Kernel(fd), &zeros, 1, SPLICE_F_NONBLOCK));
}

std::int64_t HostFiles::Peek(int fd, void* buffer, std::uint64_t count) {
  if (!peek_reader_.open()) {
    int ends[2];
    if (::pipe2(ends, O_NONBLOCK | O_CLOEXEC) < 0) return -errno;
    peek_reader_ = Descriptor(ends[0]);
    peek_writer_ = Descriptor(ends[1]);
  }
  const ssize_t copied = ::tee(Kernel(fd), peek_writer_.get(), count, SPLICE_F_NONBLOCK);
  return copied <= 0 ? OrErrno(copied) : OrErrno(::read(peek_reader_.get(), buffer, static_cast<std::size_t>(copied)));
}

int HostFiles::Ready(int fd) const {
  pollfd one = {Kernel(fd), ~short{0}, 0};
  return ::poll(&one, 1, 0) < 0 ? 0 : one.revents & 0xffff;
}

int HostFiles::Watch(int fd) {
  File& file = files_.at(fd);
  if (file.edges.open()) return 0;
  Descriptor edges(::epoll_create1(EPOLL_CLOEXEC));
  epoll_event any = {};
  any.events = kAnyEvent;
  if (!edges.open() || ::epoll_ctl(edges.get(), EPOLL_CTL_ADD, file.kernel.get(), &any) < 0) return -errno;
  file.edges = std::move(edges);
  return 0;
}

std::uint32_t HostFiles::Edge(int fd) const {
  const File& file = files_.at(fd);
  epoll_event event = {};
  if (!file.edges.open() || ::epoll_wait(file.edges.get(), &event, 1, 0) <= 0) return 0;
  return event.events;
}

}  // namespace lunadrill
