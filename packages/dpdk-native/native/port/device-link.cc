#include "port/device-link.h"

#include "util/failure.h"

namespace lunadrill {
namespace {

// Copper negotiates for up to 4 s.
constexpr int kLinkMs = 9000;

}  // namespace

DeviceLink::DeviceLink(const std::string& stack, const std::string& tester, std::uint16_t mtu, const Pools& pools)
    : stack_(Device::Take(stack, mtu, {pools.stack})), tester_(Device::Take(tester, mtu, {pools.tester})) {
  for (const auto& [device, name] : {std::pair(&stack_, stack), std::pair(&tester_, tester)}) {
    if (!device->AwaitLink(kLinkMs)) {
      throw Failure("LD_PORT", "the link of DPDK's device " + name +
                                   " stays down: are the two devices joined, and is nobody else using them?");
    }
  }
}

}  // namespace lunadrill
