// A network interface that was there before the run, by its name. Read first: netdevice(7).
#pragma once
#include <array>
#include <cstdint>
#include <string>

namespace lunadrill {

using MacAddress = std::array<std::uint8_t, 6>;

struct Device {
  std::string name;
  int index;
  MacAddress mac;
};

/// LD_NIC: no such interface, or one without an Ethernet address.
Device FindDevice(const std::string& name);

}  // namespace lunadrill
