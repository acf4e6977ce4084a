// What poll(2) says of a descriptor that is no set of epoll's: a stack's socket or a file of the host's. Host thread.
#pragma once
#include <cstdint>

#include "luna_stack.h"
#include "poll/host-files.h"
#include "poll/kept-options.h"

namespace lunadrill {

class Readiness {
 public:
  /// Both outlive it.
  Readiness(HostFiles* files, const KeptOptions* options) : files_(files), options_(options) {}

  bool Opened(const struct ::luna_stack_v1& stack, int fd) const;
  /// poll(2)'s bits that hold now; -EBADF.
  int Bits(const struct ::luna_stack_v1& stack, int fd) const;
  HostFiles& files() const { return *files_; }

 private:
  HostFiles* const files_;
  const KeptOptions* const options_;
};

}  // namespace lunadrill
