#include "port/ring-link.h"

#include <rte_errno.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include <string>

#include "util/failure.h"

namespace lunadrill {
namespace {

constexpr unsigned kRingSize = 512;

rte_ring* RingOf(const char* name) {
  rte_ring* ring = rte_ring_lookup(name);
  if (ring == nullptr) ring = rte_ring_create(name, kRingSize, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
  if (ring == nullptr) throw Failure("LD_PORT", "no memory for a ring", rte_errno, "rte_ring_create");
  return ring;
}

// rte_eth_from_rings calls its ports net_ring_NAME.
std::uint16_t PortOf(const char* name, rte_ring* receive, rte_ring* transmit, rte_mempool* pool) {
  std::uint16_t port = 0;
  if (rte_eth_dev_get_port_by_name((std::string("net_ring_") + name).c_str(), &port) == 0) return port;
  const int made = rte_eth_from_rings(name, &receive, 1, &transmit, 1, SOCKET_ID_ANY);
  if (made < 0) throw Failure("LD_PORT", "no in-memory port", rte_errno, "rte_eth_from_rings");
  port = static_cast<std::uint16_t>(made);
  const rte_eth_conf plain = {};
  int error = rte_eth_dev_configure(port, 1, 1, &plain);
  if (error == 0) error = rte_eth_rx_queue_setup(port, 0, kRingSize, SOCKET_ID_ANY, nullptr, pool);
  if (error == 0) error = rte_eth_tx_queue_setup(port, 0, kRingSize, SOCKET_ID_ANY, nullptr);
  if (error == 0) error = rte_eth_dev_start(port);
  if (error != 0) throw Failure("LD_PORT", "the in-memory port does not start", -error, "rte_eth_dev_start");
  return port;
}

}  // namespace

RingLink::RingLink(const Pools& pools) : to_stack_(RingOf("luna_to_stack")), to_tester_(RingOf("luna_to_tester")) {
  stack_port_ = PortOf("luna_stack", to_stack_, to_tester_, pools.tester);
  tester_port_ = PortOf("luna_tester", to_tester_, to_stack_, pools.tester);
  // A stack may have stopped its port.
  rte_eth_dev_start(stack_port_);
}

void RingLink::Drain() {
  for (rte_ring* ring : {to_stack_, to_tester_}) {
    void* frame = nullptr;
    while (rte_ring_dequeue(ring, &frame) == 0) rte_pktmbuf_free(static_cast<rte_mbuf*>(frame));
  }
}

}  // namespace lunadrill
