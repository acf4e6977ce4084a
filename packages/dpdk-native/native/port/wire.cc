#include "port/wire.h"

#include <rte_ethdev.h>
#include <rte_mempool.h>

#include <atomic>
#include <cstring>
#include <string>

#include "eal/interrupt-pause.h"
#include "port/frame-pool.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

constexpr unsigned kStackFrames = 2047;
constexpr unsigned kTesterFrames = 1023;  // a ring and a stack's receive queues full of them
constexpr std::size_t kEthernet = 14;

std::atomic_flag leased = ATOMIC_FLAG_INIT;

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

Wire::Wire(std::uint16_t mtu, const PortChoice& choice)
    : stack_pool_(FramePool("luna_frames_" + std::to_string(FrameRoom(mtu)), kStackFrames, FrameRoom(mtu))),
      tester_pool_(FramePool("luna_tester", kTesterFrames, kMaxFrame)),
      link_(MakeLink(choice, mtu, {stack_pool_, tester_pool_})),
      tester_port_(link_->tester_port()),
      longest_(link_->travels() ? mtu + kEthernet : kMaxFrame) {
  link_->Drain();
  // Devices are new to EAL's thread, and what it opens for them, or we for their pause, is no stack's (LeakWatch).
  SettleInterrupts();
}

Wire::~Wire() {
  if (next_ != nullptr) rte_pktmbuf_free(next_);
  if (link_ != nullptr) link_->Drain();
}

// Some drivers cannot; what crosses a link that is down is then lost all the same (fault/port-faults.h).
void Wire::SetLink(bool up) {
  if (up) {
    rte_eth_dev_set_link_up(stack_port());
  } else {
    rte_eth_dev_set_link_down(stack_port());
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

rte_mbuf* Wire::Keep(const std::uint8_t* octets, std::size_t length) {
  rte_mbuf* kept = rte_pktmbuf_alloc(tester_pool_);
  if (kept == nullptr) return nullptr;
  char* into = rte_pktmbuf_append(kept, static_cast<std::uint16_t>(length));
  std::memcpy(into, octets, length);
  return kept;
}

bool Wire::TakeFrame(rte_mbuf** frame) { return rte_eth_rx_burst(tester_port_, 0, frame, 1) == 1; }

std::size_t Wire::Recover(const std::function<void(rte_mempool*)>& visit) {
  if (next_ != nullptr) rte_pktmbuf_free(next_);
  next_ = nullptr;
  link_->Drain();
  // Ports that are pulled out hold mbufs until then.
  link_.reset();
  return GiveUpIfKept(stack_pool_, visit) + GiveUpIfKept(tester_pool_, visit);
}

}  // namespace lunadrill
