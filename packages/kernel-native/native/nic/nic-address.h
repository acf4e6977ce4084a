// The stack's address and its route to the tester on an interface of the machine, for as long as a run over the wire
// lasts. What was there before stays, and nothing else on the machine changes its way: the address has no network
// around it, the gateway is on the link because the route says so. What is added is removed by the destructor. An owner
// that is killed leaves both to the kernel, which drops them when their hour is over. Read first: rtnetlink(7), RFC
// 4862 5.5.3 (valid lifetime).
#pragma once
#include <cstdint>

#include "nic/device.h"
#include "util/ip-address.h"

namespace lunadrill {

class NicAddress {
 public:
  struct Plan {
    IpAddress local;
    IpAddress gateway;
    IpAddress remote;
    std::uint8_t remote_prefix_length;
  };

  /// Where the gateway is the local address itself, the remote prefix is on the link. No route is made where the
  /// gateway is the remote end itself: the machine knows its way there. LD_NETLINK.
  NicAddress(const Device& device, const Plan& plan);
  NicAddress(const NicAddress&) = delete;
  NicAddress& operator=(const NicAddress&) = delete;
  ~NicAddress() { Undo(); }

 private:
  void AddRoute();
  void Undo() noexcept;

  int index_;
  Plan plan_;
  bool address_added_ = false;
  bool route_added_ = false;
};

/// Whether the address is one of this network namespace's own.
bool IsLocal(const IpAddress& address);

}  // namespace lunadrill
