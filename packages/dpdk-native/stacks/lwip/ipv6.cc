// IPv6 on lwIP's netif: a fixed address and a fixed router. Apart from wire.cc, whose DPDK headers have another
// ip6_hdr.
#include <lwip/ethip6.h>
#include <lwip/priv/nd6_priv.h>

#include <cstring>

#include "instance.h"

namespace luna {
namespace {

constexpr u32_t kForEver = 0xffffffff;

ip6_addr_t AddressOf(const std::uint8_t (&octets)[16]) {
  ip6_addr_t address = {};
  std::memcpy(address.addr, octets, sizeof address.addr);
  return address;
}

}  // namespace

void OpenIpv6(netif* interface, const luna_address& address) {
  interface->output_ip6 = ethip6_output;
  netif_create_ip6_linklocal_address(interface, 1);
  const ip6_addr_t local = AddressOf(address.local_ip);
  netif_ip6_addr_set(interface, 1, &local);
  // Preferred at once: lwIP would first look for a second whether somebody else has them.
  netif_ip6_addr_set_state(interface, 0, IP6_ADDR_PREFERRED);
  netif_ip6_addr_set_state(interface, 1, IP6_ADDR_PREFERRED);
  // lwIP learns routers from advertisements alone and has no call for one: this is what an advertisement leaves in its
  // tables, for good. The router's link address is asked for as any neighbour's.
  nd6_neighbor_cache_entry& router = neighbor_cache[0];
  router.next_hop_address = AddressOf(address.gateway_ip);
  ip6_addr_assign_zone(&router.next_hop_address, IP6_UNICAST, interface);
  router.netif = interface;
  router.state = ND6_INCOMPLETE;
  router.isrouter = 1;
  router.counter.probes_sent = 0;
  default_router_list[0].neighbor_entry = &router;
  default_router_list[0].invalidation_timer = kForEver;
}

}  // namespace luna
