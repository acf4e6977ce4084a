// A net_tap port in the calling thread's network namespace. Read first: device.h.
#pragma once
#include "port/device.h"

namespace lunadrill {

/// net_tap's longest IP packet: 1522 octets of a frame with all that may surround it.
constexpr std::uint16_t kTapMtu = 1504;

/// The kernel's interface is called `interface`. Without the driver's SIGIO, which would interrupt whatever sleeps in
/// this process. LD_PORT, LD_TUN_MISSING, LD_TUN_PERMISSION.
Device PlugTap(const char* interface, std::uint16_t mtu, const Device::Queues& queues);

}  // namespace lunadrill
