// What the interface of a kernel under test is given: its address, the way to the tester, its MTU. Read from
// JavaScript's options, applied through rtnetlink. Read first: route-socket.h; ../src/native.ts, KernelHostOptions.
#pragma once
#include <napi.h>

#include <cstdint>
#include <optional>

#include "netlink/route-socket.h"
#include "util/ip-address.h"

namespace lunadrill {

/// The option's 'ipv4' or 'ipv6' as AF_INET or AF_INET6. LD_ARGUMENT.
int FamilyOption(const Napi::Object& options, const char* name);

struct InterfacePlan {
  IpAddress local;
  std::uint8_t prefix_length;
  IpAddress remote;
  std::uint8_t remote_prefix_length;
  /// None for `anyip`: the interface has no address either.
  std::optional<IpAddress> gateway;
  std::uint32_t mtu;

  /// LD_ARGUMENT.
  static InterfacePlan Read(const Napi::Object& options);
  /// Brings loopback and the interface up in this thread's network namespace. LD_NETLINK.
  void Apply(int index, RouteSocket::Neighbours neighbours) const;
};

}  // namespace lunadrill
