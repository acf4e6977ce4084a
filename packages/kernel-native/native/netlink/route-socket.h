// Interfaces, addresses and routes through rtnetlink, as `ip link`, `ip addr add` and `ip route add` set them.
// Acts on the network namespace of the thread that constructs it. Read first: rtnetlink(7), netlink(7).
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

#include "netlink/netlink-socket.h"
#include "util/ip-address.h"

namespace lunadrill {

class RouteSocket {
 public:
  /// Two Ethernet interfaces, each the other's far end. Both are down.
  void AddVethPair(const char* name, const char* peer);
  /// Whether neighbours' Ethernet addresses are asked for; `kNone`: frames go to the interface's own (IFF_NOARP).
  enum class Neighbours { kAsked, kNone };
  /// IFF_UP, and the MTU where it is not 0.
  void SetLinkUp(int index, std::uint32_t mtu = 0, Neighbours neighbours = Neighbours::kAsked);
  void AddAddress(int index, const IpAddress& address, std::uint8_t prefix_length);
  /// Transact for an RTM_NEWADDR of `address`. Returns when packets to it are taken, which is later in IPv6.
  void TransactAddress(netlink::Request* request, const IpAddress& address, const char* what);
  /// `destination` is masked to the prefix first. Without a gateway its addresses are on the link.
  void AddRoute(int index, const IpAddress& destination, std::uint8_t prefix_length,
                const std::optional<IpAddress>& gateway);

  /// Sends and waits for the kernel's acknowledgement; `what` goes into the error's message.
  void Transact(netlink::Request* request, const char* what) { socket_.Transact(request, what); }

 private:
  netlink::Socket socket_{NETLINK_ROUTE, "rtnetlink"};
};

}  // namespace lunadrill
