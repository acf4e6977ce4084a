// A network namespace for the calling thread, with the way back. Threads and children that this thread starts while it
// is inside belong to the namespace as well. Read first: unshare(2), network_namespaces(7).
#pragma once
#include "util/descriptor.h"

namespace lunadrill {

class RunNamespace {
 public:
  /// Enters a fresh namespace.
  RunNamespace();
  RunNamespace(const RunNamespace&) = delete;
  RunNamespace& operator=(const RunNamespace&) = delete;
  /// Goes back, if still on the thread that entered; the kernel then takes the empty namespace down.
  ~RunNamespace();

 private:
  Descriptor before_;
  int thread_;
};

}  // namespace lunadrill
