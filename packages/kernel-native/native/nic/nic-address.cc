#include "nic/nic-address.h"

#include <ifaddrs.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include <cstring>

#include "netlink/request.h"
#include "netlink/route-socket.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

constexpr std::uint32_t kLifetimeSeconds = 3600;
// Marks the routes that are ours (rtm_protocol, from 4 on free for programs): `ip route show proto 76`.
constexpr std::uint8_t kProtocol = 76;
// Before what the kernel gives IPv6 routes (1024). IPv4 needs none: the newest of several equal routes goes first.
constexpr std::uint32_t kIpv6Metric = 1;

void OpenAddress(netlink::Request* request, std::uint16_t type, std::uint16_t flags, int index,
                 const NicAddress::Plan& plan) {
  auto* body = request->Open<ifaddrmsg>(type, flags);
  body->ifa_family = static_cast<std::uint8_t>(plan.local.family);
  body->ifa_prefixlen = static_cast<std::uint8_t>(plan.local.bits());
  body->ifa_scope = RT_SCOPE_UNIVERSE;
  body->ifa_index = static_cast<std::uint32_t>(index);
  request->Attribute(IFA_LOCAL, plan.local.octets, plan.local.size());
  request->Attribute(IFA_ADDRESS, plan.local.octets, plan.local.size());
  const std::uint32_t ipv6_flags = IFA_F_NODAD | IFA_F_NOPREFIXROUTE;
  if (plan.local.family == AF_INET6) request->Attribute(IFA_FLAGS, ipv6_flags);
}

void OpenRoute(netlink::Request* request, std::uint16_t type, std::uint16_t flags, int index,
               const NicAddress::Plan& plan) {
  auto* body = request->Open<rtmsg>(type, flags);
  const IpAddress network = plan.remote.Masked(plan.remote_prefix_length);
  body->rtm_family = static_cast<std::uint8_t>(network.family);
  body->rtm_dst_len = plan.remote_prefix_length;
  body->rtm_table = RT_TABLE_MAIN;
  body->rtm_protocol = kProtocol;
  const bool neighbour = plan.gateway == plan.local;
  body->rtm_scope = neighbour && network.family == AF_INET ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
  body->rtm_type = RTN_UNICAST;
  body->rtm_flags = neighbour ? 0U : static_cast<unsigned>(RTNH_F_ONLINK);
  request->Attribute(RTA_DST, network.octets, network.size());
  if (!neighbour) request->Attribute(RTA_GATEWAY, plan.gateway.octets, plan.gateway.size());
  request->Attribute(RTA_OIF, index);
  // Goes with the address, however that ends.
  request->Attribute(RTA_PREFSRC, plan.local.octets, plan.local.size());
  if (network.family == AF_INET6) {
    request->Attribute(RTA_PRIORITY, kIpv6Metric);
    if (type == RTM_NEWROUTE) request->Attribute(RTA_EXPIRES, kLifetimeSeconds);
  }
}

}  // namespace

bool IsLocal(const IpAddress& address) {
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) throw Failure("LD_NETLINK", "cannot list the machine's addresses", errno, "getifaddrs");
  bool found = false;
  for (const ifaddrs* each = all; each != nullptr && !found; each = each->ifa_next) {
    if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != address.family) continue;
    const void* octets = address.family == AF_INET
                             ? static_cast<const void*>(&reinterpret_cast<sockaddr_in*>(each->ifa_addr)->sin_addr)
                             : &reinterpret_cast<sockaddr_in6*>(each->ifa_addr)->sin6_addr;
    found = std::memcmp(octets, address.octets, address.size()) == 0;
  }
  ::freeifaddrs(all);
  return found;
}

NicAddress::NicAddress(const Device& device, const Plan& plan) : index_(device.index), plan_(plan) {
  try {
    if (!IsLocal(plan_.local)) {
      netlink::Request request;
      OpenAddress(&request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, index_, plan_);
      ifa_cacheinfo lifetime{};
      lifetime.ifa_prefered = kLifetimeSeconds;
      lifetime.ifa_valid = kLifetimeSeconds;
      request.Attribute(IFA_CACHEINFO, lifetime);
      LocalRoute route(plan_.local);
      RouteSocket().Transact(&request, ("cannot set the local address on " + device.name).c_str());
      address_added_ = true;
      route.Await();
    }
    if (!(plan_.gateway == plan_.remote)) AddRoute();
  } catch (const Failure&) {
    Undo();
    throw;
  }
}

void NicAddress::AddRoute() {
  netlink::Request request;
  // Neither EXCL nor REPLACE: before what leads there already, which stays. The very same is one that a killed run
  // left.
  OpenRoute(&request, RTM_NEWROUTE, NLM_F_CREATE, index_, plan_);
  try {
    RouteSocket().Transact(&request, "cannot add the route to the remote prefix");
  } catch (const Failure& failure) {
    if (failure.error() != EEXIST) throw;
  }
  route_added_ = true;
}

void NicAddress::Undo() noexcept {
  try {
    RouteSocket socket;
    if (route_added_) {
      route_added_ = false;
      netlink::Request request;
      OpenRoute(&request, RTM_DELROUTE, 0, index_, plan_);
      socket.Transact(&request, "cannot remove the route");
    }
  } catch (const Failure&) {
    // Gone already, with the interface or by somebody's hand.
  }
  try {
    RouteSocket socket;
    if (address_added_) {
      address_added_ = false;
      netlink::Request request;
      OpenAddress(&request, RTM_DELADDR, 0, index_, plan_);
      socket.Transact(&request, "cannot remove the local address");
    }
  } catch (const Failure&) {
    // As above.
  }
}

}  // namespace lunadrill
