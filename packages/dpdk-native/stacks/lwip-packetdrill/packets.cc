// lwIP's netif without a link below: packets come and go as they are. Takes the place of stacks/lwip/wire.cc.
#include "packets.h"

#include <lwip/ip.h>
#include <lwip/netif.h>
#include <lwip/pbuf.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "instance.h"

namespace luna {
namespace {

netif interface;
std::deque<SentPacket> sent;

err_t Send(pbuf* packet) {
  timeval now{};
  ::gettimeofday(&now, nullptr);
  SentPacket out{std::vector<std::uint8_t>(packet->tot_len), now.tv_sec * 1'000'000LL + now.tv_usec};
  pbuf_copy_partial(packet, out.octets.data(), packet->tot_len, 0);
  sent.push_back(std::move(out));
  return ERR_OK;
}

err_t SendIpv4(netif*, pbuf* packet, const ip4_addr_t*) { return Send(packet); }
err_t SendIpv6(netif*, pbuf* packet, const ip6_addr_t*) { return Send(packet); }

err_t OpenInterface(netif* opened) {
  opened->name[0] = 'i';
  opened->name[1] = 'p';
  opened->output = SendIpv4;
  opened->output_ip6 = SendIpv6;
  opened->mtu = 1500;
  opened->flags = NETIF_FLAG_LINK_UP;
  return ERR_OK;
}

}  // namespace

int OpenWire(const luna_config& config) {
  ip4_addr_t local{};
  ip4_addr_t mask{};
  ip4_addr_t gateway{};
  std::memcpy(&local.addr, config.local_ip, sizeof local.addr);
  if (netif_add(&interface, &local, &mask, &gateway, nullptr, OpenInterface, ip_input) == nullptr) return -ENOMEM;
  netif_set_default(&interface);
  netif_set_up(&interface);
  interface.rs_count = 0;
  ip6_addr_t address{};
  std::memcpy(address.addr, config.other.local_ip, sizeof address.addr);
  s8_t index = 0;
  netif_add_ip6_address(&interface, &address, &index);
  netif_ip6_addr_set_state(&interface, index, IP6_ADDR_PREFERRED);
  return 0;
}

void CloseWire() {
  interface = {};
  sent.clear();
}

// Packets come by TakePacket.
bool ReceiveFrames() { return false; }

const netif* Wire() { return &interface; }

luna_address FirstAddress(const luna_config& config) {
  luna_address first = {};
  first.family = config.family;
  first.prefix_length = config.prefix_length;
  std::memcpy(first.local_ip, config.local_ip, sizeof first.local_ip);
  return first;
}

std::deque<SentPacket>& SentPackets() { return sent; }

bool TakePacket(const void* packet, std::size_t count) {
  if (count == 0 || count > UINT16_MAX) return false;
  pbuf* taken = pbuf_alloc(PBUF_RAW, static_cast<u16_t>(count), PBUF_RAM);
  if (taken == nullptr) return false;
  pbuf_take(taken, packet, static_cast<u16_t>(count));
  if (interface.input(taken, &interface) != ERR_OK) pbuf_free(taken);
  return true;
}

}  // namespace luna
