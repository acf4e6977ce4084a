#include "port/tap-link.h"

#include <net/if.h>

#include "netlink/route-socket.h"
#include "port/packet-device.h"
#include "port/silence.h"
#include "port/tap-device.h"

namespace lunadrill {
namespace {

constexpr char kInterface[] = "luna0";

Device PlugStack(std::uint16_t mtu, rte_mempool* pool) {
  SilenceKernel();
  Device device = PlugTap(kInterface, mtu, {pool});
  RouteSocket().SetLinkUp(static_cast<int>(::if_nametoindex(kInterface)), mtu);
  return device;
}

}  // namespace

TapLink::TapLink(std::uint16_t mtu, const Pools& pools)
    : stack_(PlugStack(mtu, pools.stack)), tester_(PlugPacketSocket(90, kInterface, mtu, {pools.tester})) {}

}  // namespace lunadrill
