// Keeps the kernel from talking by itself on interfaces that are made in the calling thread's network namespace later.
#pragma once
#include <fcntl.h>
#include <unistd.h>

#include "util/descriptor.h"

namespace lunadrill {

/// No router solicitations, no multicast reports: no IPv6. To be called in a namespace that nobody else is in.
inline void SilenceKernel() {
  const Descriptor off(::open("/proc/sys/net/ipv6/conf/default/disable_ipv6", O_WRONLY | O_CLOEXEC));
  // Where there is no such file, there is no IPv6.
  [[maybe_unused]] const ssize_t written = ::write(off.get(), "1", 1);
}

}  // namespace lunadrill
