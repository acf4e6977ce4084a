#include "netlink/interface-plan.h"

#include <string>

#include "util/arguments.h"

namespace lunadrill {
namespace {

IpAddress AddressOption(const Napi::Object& options, const char* name, int family) {
  const IpAddress address = IpAddress::Parse(arguments::Text(options.Get(name), name), name);
  if (address.family != family) throw Failure("LD_ARGUMENT", std::string(name) + " is of another family");
  return address;
}

}  // namespace

int FamilyOption(const Napi::Object& options, const char* name) {
  const std::string text = arguments::Text(options.Get(name), name);
  if (text == "ipv4") return AF_INET;
  if (text == "ipv6") return AF_INET6;
  throw Failure("LD_ARGUMENT", std::string(name) + " must be 'ipv4' or 'ipv6', but is '" + text + "'");
}

InterfacePlan InterfacePlan::Read(const Napi::Object& options) {
  const int family = FamilyOption(options, "family");
  InterfacePlan plan;
  plan.local = AddressOption(options, "localIp", family);
  plan.remote = AddressOption(options, "remoteIp", family);
  if (!options.Get("anyip").ToBoolean()) plan.gateway = AddressOption(options, "gatewayIp", family);
  const auto length = [&](const char* name) {
    return static_cast<std::uint8_t>(arguments::Integer(options.Get(name), name, 0, plan.local.bits()));
  };
  plan.prefix_length = length("prefixLength");
  plan.remote_prefix_length = length("remotePrefixLength");
  plan.mtu = static_cast<std::uint32_t>(arguments::Integer(options.Get("mtu"), "mtu", 68, 65535));
  return plan;
}

void InterfacePlan::Apply(int index, RouteSocket::Neighbours neighbours) const {
  RouteSocket route;
  route.SetLinkUp(1);
  route.SetLinkUp(index, mtu, neighbours);
  if (gateway) route.AddAddress(index, local, prefix_length);
  route.AddRoute(index, remote, remote_prefix_length, gateway);
}

}  // namespace lunadrill
