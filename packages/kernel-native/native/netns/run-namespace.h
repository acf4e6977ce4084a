// A network namespace for the calling thread, with the way back. Threads and children that this thread starts while it
// is inside belong to the namespace as well. Read first: unshare(2), network_namespaces(7).
#pragma once
#include <sys/types.h>

#include "util/descriptor.h"

namespace lunadrill {

class RunNamespace {
 public:
  /// Enters a fresh namespace.
  RunNamespace();
  RunNamespace(const RunNamespace&) = delete;
  RunNamespace& operator=(const RunNamespace&) = delete;
  /// Goes back, if the thread is still in it; the kernel then takes the empty namespace down. Connections that a script
  /// closed with data unacknowledged would keep it alive for minutes: they are told to give up at their next timeout.
  ~RunNamespace();

 private:
  Descriptor before_;
  ino_t inside_ = 0;
};

}  // namespace lunadrill
