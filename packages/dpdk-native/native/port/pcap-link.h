// The link in memory with captures beside it: one is fed to the stack, one takes down what it sends. Time is the host's
// there. Host thread. Read first: ring-link.h, capture.h.
#pragma once
#include <string>

#include "port/capture.h"
#include "port/ring-link.h"

namespace lunadrill {

class PcapLink : public RingLink {
 public:
  /// LD_PORT.
  PcapLink(const std::string& in, const std::string& out, double first_us, const Pools& pools)
      : RingLink(pools), capture_(in, out, first_us, pools.tester) {}

  Capture* capture() override { return &capture_; }

 private:
  Capture capture_;
};

}  // namespace lunadrill
