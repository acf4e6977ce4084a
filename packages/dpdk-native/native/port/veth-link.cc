#include "port/veth-link.h"

#include <net/if.h>

#include <fstream>

#include "netlink/route-socket.h"
#include "port/packet-device.h"
#include "port/silence.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

constexpr char kStack[] = "luna0";
constexpr char kTester[] = "luna1";

std::string FarEnd(const std::string& interface) {
  unsigned far_end = 0;
  std::ifstream("/sys/class/net/" + interface + "/iflink") >> far_end;
  char name[IF_NAMESIZE];
  const bool paired = far_end != 0 && far_end != ::if_nametoindex(interface.c_str());
  if (paired && ::if_indextoname(far_end, name) != nullptr) return name;
  if (::if_nametoindex(interface.c_str()) == 0) return interface;  // refused with its reason later
  throw Failure("LD_NIC",
                interface + " is no veth whose other end is here: name the tester's interface too (--port=af_packet:" +
                    interface + ",OTHER)");
}

}  // namespace

VethLink::VethLink(std::uint16_t mtu, const Pools& pools) {
  namespace_.emplace();
  SilenceKernel();
  RouteSocket route;
  route.AddVethPair(kStack, kTester);
  for (const char* name : {kStack, kTester}) route.SetLinkUp(static_cast<int>(::if_nametoindex(name)), mtu);
  Plug(kStack, kTester, mtu, pools);
}

VethLink::VethLink(const std::string& stack, const std::string& tester, std::uint16_t mtu, const Pools& pools) {
  Plug(stack, tester.empty() ? FarEnd(stack) : tester, mtu, pools);
}

void VethLink::Plug(const std::string& stack, const std::string& tester, std::uint16_t mtu, const Pools& pools) {
  stack_ = PlugPacketSocket(90, stack, mtu, {pools.stack});
  tester_ = PlugPacketSocket(91, tester, mtu, {pools.tester});
}

}  // namespace lunadrill
