// The link over a veth pair: both ports are net_af_packet, one on each interface. Either the pair is made here, in a
// network namespace of its own that the host's thread is in meanwhile, or two interfaces of the machine are named.
// Read first: veth(4), packet(7).
#pragma once
#include <optional>
#include <string>

#include "netns/run-namespace.h"
#include "port/device.h"
#include "port/link.h"

namespace lunadrill {

class VethLink : public Link {
 public:
  /// A new pair. LD_PORT, LD_NETNS_PERMISSION, LD_NETNS, LD_NETLINK.
  VethLink(std::uint16_t mtu, const Pools& pools);
  /// Interfaces that are there. `tester` empty: the other end of the veth `stack`. LD_NIC, LD_PORT.
  VethLink(const std::string& stack, const std::string& tester, std::uint16_t mtu, const Pools& pools);

  std::uint16_t stack_port() const override { return stack_->port(); }
  std::uint16_t tester_port() const override { return tester_->port(); }

 private:
  void Plug(const std::string& stack, const std::string& tester, std::uint16_t mtu, const Pools& pools);

  std::optional<RunNamespace> namespace_;
  std::optional<Device> stack_;
  std::optional<Device> tester_;
};

}  // namespace lunadrill
