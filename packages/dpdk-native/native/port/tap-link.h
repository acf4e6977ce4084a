// The link through the kernel's TAP driver: the stack's port is net_tap, the tester's net_af_packet on the network
// interface that the kernel shows for it. In a network namespace of its own, which the host's thread is in meanwhile:
// nothing is left of it, whoever is killed. Read first: dpdk's guide of net_tap, linux tuntap.rst.
#pragma once
#include "netns/run-namespace.h"
#include "port/device.h"
#include "port/link.h"

namespace lunadrill {

class TapLink : public Link {
 public:
  /// LD_PORT, LD_TUN_MISSING, LD_TUN_PERMISSION, LD_NETNS_PERMISSION, LD_NETNS, LD_NETLINK.
  TapLink(std::uint16_t mtu, const Pools& pools);

  std::uint16_t stack_port() const override { return stack_.port(); }
  std::uint16_t tester_port() const override { return tester_.port(); }

 private:
  RunNamespace namespace_;
  Device stack_;
  Device tester_;
};

}  // namespace lunadrill
