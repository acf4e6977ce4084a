// All that a script's descriptors are behind on a userspace stack: the stack's sockets, files and pipes of the host's,
// sets of epoll. One per run. Host thread.
#pragma once
#include <type_traits>

#include "luna_stack.h"
#include "poll/epoll-table.h"
#include "poll/host-files.h"
#include "poll/kept-options.h"
#include "poll/readiness.h"

namespace lunadrill {

struct Descriptors {
  enum class Kind { kNone, kSocket, kFile, kSet };

  Descriptors() = default;
  Descriptors(const Descriptors&) = delete;
  Descriptors& operator=(const Descriptors&) = delete;

  Kind KindOf(const struct ::luna_stack_v1& stack, int fd) const {
    if (epolls.Has(fd)) return Kind::kSet;
    if (files.Has(fd)) return Kind::kFile;
    return readiness.Opened(stack, fd) ? Kind::kSocket : Kind::kNone;
  }
  /// poll(2)'s bits that hold now; -EBADF.
  int Ready(const struct ::luna_stack_v1& stack, int fd) {
    return epolls.Has(fd) ? epolls.Ready(stack, fd) : readiness.Bits(stack, fd);
  }
  /// The descriptor is closed.
  void Forget(int fd) {
    epolls.Forget(fd);
    options.Forget(fd);
  }

  HostFiles files;
  KeptOptions options;
  Readiness readiness{&files, &options};
  EpollTable epolls{&readiness};
};
static_assert(!std::is_copy_constructible_v<Descriptors>);

}  // namespace lunadrill
