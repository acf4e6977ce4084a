// The link that is there already: two devices that EAL's arguments have made (--eal), network cards back to back among
// them. Host thread. Read first: docs/ports.md, "Network cards".
#pragma once
#include <cstdint>
#include <string>

#include "port/device.h"
#include "port/link.h"

namespace lunadrill {

class DeviceLink : public Link {
 public:
  /// By the names that EAL knows them by. LD_PORT: no such device, it cannot carry `mtu`, or its link stays down.
  DeviceLink(const std::string& stack, const std::string& tester, std::uint16_t mtu, const Pools& pools);

  std::uint16_t stack_port() const override { return stack_.port(); }
  std::uint16_t tester_port() const override { return tester_.port(); }

 private:
  Device stack_;
  Device tester_;
};

}  // namespace lunadrill
