#include "port/wire.h"

#include <rte_errno.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_mempool.h>

#include <atomic>
#include <string>

#include "util/failure.h"

namespace lunadrill {
namespace {

constexpr unsigned kRingSize = 512;
constexpr unsigned kStackFrames = 2047;
constexpr unsigned kTesterFrames = 1023;  // a ring and a stack's receive queues full of them
constexpr unsigned kCache = 64;
constexpr std::size_t kEthernet = 14;

std::atomic_flag leased = ATOMIC_FLAG_INIT;

rte_ring* RingOf(const char* name) {
  rte_ring* ring = rte_ring_lookup(name);
  if (ring == nullptr) ring = rte_ring_create(name, kRingSize, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
  if (ring == nullptr) throw Failure("LD_PORT", "no memory for a ring", rte_errno, "rte_ring_create");
  return ring;
}

rte_mempool* PoolOf(const std::string& name, unsigned frames, std::size_t octets) {
  rte_mempool* pool = rte_mempool_lookup(name.c_str());
  if (pool != nullptr) return pool;
  pool = rte_pktmbuf_pool_create(name.c_str(), frames, kCache, 0,
                                 static_cast<std::uint16_t>(octets + RTE_PKTMBUF_HEADROOM), SOCKET_ID_ANY);
  if (pool == nullptr) throw Failure("LD_PORT", "no memory for the frames", rte_errno, "rte_pktmbuf_pool_create");
  return pool;
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

// The fewest classes, so that pools are shared by most runs.
std::size_t FrameRoom(std::uint16_t mtu) { return mtu + kEthernet <= 2048 ? 2048 : 9216; }

std::size_t GiveUpIfKept(rte_mempool* pool, const std::function<void(rte_mempool*)>& visit) {
  const unsigned kept = rte_mempool_in_use_count(pool);
  if (kept > 0) {
    visit(pool);
    rte_mempool_free(pool);
  }
  return kept;
}

}  // namespace

WireLease::WireLease() {
  if (leased.test_and_set()) throw Failure("LD_BUSY", "another DPDK host lives in this process");
}

WireLease::~WireLease() { leased.clear(); }

Wire::Wire(std::uint16_t mtu)
    : to_stack_(RingOf("luna_to_stack")),
      to_tester_(RingOf("luna_to_tester")),
      stack_pool_(PoolOf("luna_frames_" + std::to_string(FrameRoom(mtu)), kStackFrames, FrameRoom(mtu))),
      tester_pool_(PoolOf("luna_tester", kTesterFrames, kMaxFrame)) {
  stack_port_ = PortOf("luna_stack", to_stack_, to_tester_, tester_pool_);
  tester_port_ = PortOf("luna_tester", to_tester_, to_stack_, tester_pool_);
  // A stack may have stopped its port.
  rte_eth_dev_start(stack_port_);
  Drain();
}

Wire::~Wire() {
  if (next_ != nullptr) rte_pktmbuf_free(next_);
  Drain();
}

// Some drivers cannot; what crosses a link that is down is then lost all the same (fault/port-faults.h).
void Wire::SetLink(bool up) {
  if (up) {
    rte_eth_dev_set_link_up(stack_port_);
  } else {
    rte_eth_dev_set_link_down(stack_port_);
  }
}

std::uint8_t* Wire::NewFrame(std::size_t length) {
  if (next_ == nullptr) next_ = rte_pktmbuf_alloc(tester_pool_);
  if (next_ == nullptr) return nullptr;
  rte_pktmbuf_reset(next_);
  return reinterpret_cast<std::uint8_t*>(rte_pktmbuf_append(next_, static_cast<std::uint16_t>(length)));
}

bool Wire::Send() {
  if (rte_eth_tx_burst(tester_port_, 0, &next_, 1) != 1) return false;
  next_ = nullptr;
  return true;
}

bool Wire::TakeFrame(rte_mbuf** frame) { return rte_eth_rx_burst(tester_port_, 0, frame, 1) == 1; }

// By the rings and not the ports: a stack may have stopped its own.
void Wire::Drain() {
  for (rte_ring* ring : {to_stack_, to_tester_}) {
    void* frame = nullptr;
    while (rte_ring_dequeue(ring, &frame) == 0) rte_pktmbuf_free(static_cast<rte_mbuf*>(frame));
  }
}

std::size_t Wire::Recover(const std::function<void(rte_mempool*)>& visit) {
  if (next_ != nullptr) rte_pktmbuf_free(next_);
  next_ = nullptr;
  Drain();
  return GiveUpIfKept(stack_pool_, visit) + GiveUpIfKept(tester_pool_, visit);
}

}  // namespace lunadrill
