// Interfaces, addresses and routes through rtnetlink, as `ip link`, `ip addr add` and `ip route add` set them.
// Acts on the network namespace of the thread that constructs it. Read first: rtnetlink(7), netlink(7).
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

#include "netlink/netlink-socket.h"
#include "util/ip-address.h"

namespace lunadrill {

/// An IPv6 address is acknowledged before packets to it are the kernel's own: a worker adds that route, duplicates
/// asked for or not (addrconf_dad_work), and on a busy processor it comes to that milliseconds later. A SYN before is
/// lost. IPv4's is there at once.
class LocalRoute {
 public:
  /// Before the address is set. LD_NETLINK.
  explicit LocalRoute(const IpAddress& address);
  /// After that. LD_NETLINK: not within 10 s.
  void Await();

 private:
  const IpAddress address_;
  std::optional<netlink::Socket> news_;  // IPv6
};

class RouteSocket {
 public:
  /// Two Ethernet interfaces, each the other's far end. Both are down.
  void AddVethPair(const char* name, const char* peer);
  /// Whether neighbours' Ethernet addresses are asked for; `kNone`: frames go to the interface's own (IFF_NOARP).
  enum class Neighbours { kAsked, kNone };
  /// IFF_UP, and the MTU where it is not 0.
  void SetLinkUp(int index, std::uint32_t mtu = 0, Neighbours neighbours = Neighbours::kAsked);
  /// Packets to it are taken when this returns.
  void AddAddress(int index, const IpAddress& address, std::uint8_t prefix_length);
  /// `destination` is masked to the prefix first. Without a gateway its addresses are on the link.
  void AddRoute(int index, const IpAddress& destination, std::uint8_t prefix_length,
                const std::optional<IpAddress>& gateway);

  /// Sends and waits for the kernel's acknowledgement; `what` goes into the error's message.
  void Transact(netlink::Request* request, const char* what) { socket_.Transact(request, what); }

 private:
  netlink::Socket socket_{NETLINK_ROUTE, "rtnetlink"};
};

}  // namespace lunadrill
