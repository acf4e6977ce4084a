#include "netlink/route-socket.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>

#include <cstring>
#include <string>

#include "netlink/request.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

constexpr int kAddressMs = 10'000;

// Whether the kernel tells that packets to the address are its own.
bool IsLocalRoute(const nlmsghdr* message, const IpAddress& address) {
  if (message->nlmsg_type != RTM_NEWROUTE) return false;
  const auto* body = static_cast<const rtmsg*>(NLMSG_DATA(message));
  if (body->rtm_type != RTN_LOCAL || body->rtm_dst_len != address.bits()) return false;
  const rtattr* destination = netlink::FindAttribute(message, sizeof(rtmsg), RTA_DST);
  return destination != nullptr && std::memcmp(RTA_DATA(destination), address.octets, address.size()) == 0;
}

}  // namespace

LocalRoute::LocalRoute(const IpAddress& address) : address_(address) {
  if (address.family == AF_INET) return;
  news_.emplace(NETLINK_ROUTE, "rtnetlink");
  news_->Join(RTMGRP_IPV6_ROUTE);
}

void LocalRoute::Await() {
  if (!news_) return;
  netlink::Answer news;
  while (news_->Hear(&news, kAddressMs)) {
    if (news.Any([&](const nlmsghdr* message) { return IsLocalRoute(message, address_); })) return;
  }
  throw Failure("LD_NETLINK", "in 10 s the kernel has not begun to take packets for the local address");
}

void RouteSocket::AddVethPair(const char* name, const char* peer) {
  netlink::Request request;
  request.Open<ifinfomsg>(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL)->ifi_family = AF_UNSPEC;
  request.Attribute(IFLA_IFNAME, name, std::strlen(name) + 1);
  const std::uint32_t info = request.Nest(IFLA_LINKINFO);
  request.Attribute(IFLA_INFO_KIND, "veth", sizeof "veth");
  const std::uint32_t data = request.Nest(IFLA_INFO_DATA);
  const std::uint32_t far_end = request.Nest(VETH_INFO_PEER);
  // A head of its own, without one of an attribute: the attributes behind it stay aligned.
  request.head()->nlmsg_len += NLMSG_ALIGN(sizeof(ifinfomsg));
  request.Attribute(IFLA_IFNAME, peer, std::strlen(peer) + 1);
  request.Close(far_end);
  request.Close(data);
  request.Close(info);
  Transact(&request, "cannot make a veth pair");
}

void RouteSocket::SetLinkUp(int index, std::uint32_t mtu, Neighbours neighbours) {
  netlink::Request request;
  auto* link = request.Open<ifinfomsg>(RTM_NEWLINK, 0);
  link->ifi_family = AF_UNSPEC;
  link->ifi_index = index;
  link->ifi_flags = neighbours == Neighbours::kNone ? IFF_UP | IFF_NOARP : IFF_UP;
  link->ifi_change = link->ifi_flags;
  if (mtu != 0) request.Attribute(IFLA_MTU, mtu);
  const std::string what = "cannot bring interface " + std::to_string(index) + " up" +
                           (mtu != 0 ? " with an MTU of " + std::to_string(mtu) : std::string());
  Transact(&request, what.c_str());
}

void RouteSocket::AddAddress(int index, const IpAddress& address, std::uint8_t prefix_length) {
  netlink::Request request;
  auto* body = request.Open<ifaddrmsg>(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
  body->ifa_family = static_cast<std::uint8_t>(address.family);
  body->ifa_prefixlen = prefix_length;
  // On tun0 nobody asks for duplicates, but a worker of the kernel would have to find that out first, and until then
  // the address is no packet's source.
  body->ifa_flags = address.family == AF_INET6 ? IFA_F_NODAD : 0;
  body->ifa_scope = RT_SCOPE_UNIVERSE;
  body->ifa_index = static_cast<std::uint32_t>(index);
  request.Attribute(IFA_LOCAL, address.octets, address.size());
  request.Attribute(IFA_ADDRESS, address.octets, address.size());
  LocalRoute route(address);
  Transact(&request, "cannot set the local address");
  route.Await();
}

void RouteSocket::AddRoute(int index, const IpAddress& destination, std::uint8_t prefix_length,
                           const std::optional<IpAddress>& gateway) {
  const IpAddress network = destination.Masked(prefix_length);
  netlink::Request request;
  auto* body = request.Open<rtmsg>(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
  body->rtm_family = static_cast<std::uint8_t>(network.family);
  body->rtm_dst_len = prefix_length;
  body->rtm_table = RT_TABLE_MAIN;
  body->rtm_protocol = RTPROT_BOOT;
  // IPv6 has no scopes of routes.
  const bool on_link = !gateway && network.family == AF_INET;
  body->rtm_scope = on_link ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
  body->rtm_type = RTN_UNICAST;
  request.Attribute(RTA_DST, network.octets, network.size());
  if (gateway) request.Attribute(RTA_GATEWAY, gateway->octets, gateway->size());
  request.Attribute(RTA_OIF, index);
  Transact(&request, "cannot add the route to the remote prefix (is the gateway within the local prefix?)");
}

}  // namespace lunadrill
