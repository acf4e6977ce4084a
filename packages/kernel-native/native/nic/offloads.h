// Receive offloads of an interface, off while frames are captured there: the kernel would hand over several segments as
// one. As `ethtool --offload DEV gro off lro off`; the destructor puts back what was on. Read first: linux/ethtool.h.
#pragma once
#include <string>

#include "nic/device.h"

namespace lunadrill {

class Offloads {
 public:
  /// Errors are ignored: not every device has both.
  explicit Offloads(const Device& device);
  Offloads(const Offloads&) = delete;
  Offloads& operator=(const Offloads&) = delete;
  ~Offloads();

 private:
  std::string name_;
  bool gro_ = false;
  bool lro_ = false;
};

}  // namespace lunadrill
