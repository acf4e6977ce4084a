// Frames between the DPDK port and lwIP: an Ethernet netif whose ARP is lwIP's own. Copies each way; a burst at most.
#include <lwip/etharp.h>
#include <lwip/ip4_addr.h>
#include <lwip/netif.h>
#include <netif/ethernet.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "instance.h"

namespace luna {
namespace {

constexpr std::uint16_t kBurst = 32;

netif interface;
luna_config wire;

err_t SendFrame(netif*, pbuf* frame) {
  rte_mbuf* out = rte_pktmbuf_alloc(wire.pool);
  if (out == nullptr) return ERR_MEM;
  char* data = rte_pktmbuf_append(out, frame->tot_len);
  if (data == nullptr) {
    rte_pktmbuf_free(out);
    return ERR_BUF;
  }
  pbuf_copy_partial(frame, data, frame->tot_len, 0);
  if (rte_eth_tx_burst(wire.port_id, 0, &out, 1) == 1) return ERR_OK;
  rte_pktmbuf_free(out);
  return ERR_MEM;
}

err_t OpenInterface(netif* opened) {
  opened->name[0] = 'd';
  opened->name[1] = 'p';
  opened->output = etharp_output;
  opened->linkoutput = SendFrame;
  opened->mtu = wire.mtu;
  opened->hwaddr_len = ETH_HWADDR_LEN;
  std::memcpy(opened->hwaddr, wire.mac, ETH_HWADDR_LEN);
  opened->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
  return ERR_OK;
}

ip4_addr_t AddressOf(const std::uint8_t* octets) {
  ip4_addr_t address;
  std::memcpy(&address.addr, octets, sizeof address.addr);
  return address;
}

}  // namespace

luna_address FirstAddress(const luna_config& config) {
  luna_address first = {};
  first.family = config.family;
  first.prefix_length = config.prefix_length;
  std::memcpy(first.local_ip, config.local_ip, sizeof first.local_ip);
  std::memcpy(first.gateway_ip, config.gateway_ip, sizeof first.gateway_ip);
  return first;
}

int OpenWire(const luna_config& config) {
  wire = config;
  const luna_address addresses[] = {FirstAddress(config), config.other};
  ip4_addr_t local = {};
  ip4_addr_t mask = {};
  ip4_addr_t gateway = {};
  for (const luna_address& each : addresses) {
    if (each.family != AF_INET) continue;
    local = AddressOf(each.local_ip);
    gateway = AddressOf(each.gateway_ip);
    mask.addr = each.prefix_length == 0 ? 0 : lwip_htonl(~u32_t{0} << (32 - each.prefix_length));
  }
  if (netif_add(&interface, &local, &mask, &gateway, nullptr, OpenInterface, ethernet_input) == nullptr) return -ENOMEM;
  netif_set_default(&interface);
  netif_set_up(&interface);
  // Nobody is asked for a router.
  interface.rs_count = 0;
  for (const luna_address& each : addresses) {
    if (each.family == AF_INET6) OpenIpv6(&interface, each);
  }
  return 0;
}

void CloseWire() { interface = {}; }

bool ReceiveFrames() {
  rte_mbuf* burst[kBurst];
  const std::uint16_t count = rte_eth_rx_burst(wire.port_id, 0, burst, kBurst);
  for (std::uint16_t i = 0; i < count; ++i) {
    const std::uint16_t length = rte_pktmbuf_data_len(burst[i]);
    // In one piece: lwIP reads TCP options across pbufs, but its neighbours do not all do so.
    pbuf* frame = pbuf_alloc(PBUF_RAW, length, PBUF_RAM);
    if (frame != nullptr) pbuf_take(frame, rte_pktmbuf_mtod(burst[i], const void*), length);
    rte_pktmbuf_free(burst[i]);
    if (frame != nullptr && interface.input(frame, &interface) != ERR_OK) pbuf_free(frame);
  }
  return count == kBurst;
}

const netif* Wire() { return &interface; }

}  // namespace luna
