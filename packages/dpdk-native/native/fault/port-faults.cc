#include "fault/port-faults.h"

#include <rte_mempool.h>

#include <algorithm>

namespace lunadrill {
namespace {

constexpr double kForever = std::numeric_limits<double>::infinity();

double Earliest(double earliest, double until_us) { return until_us < 0 ? earliest : std::min(earliest, until_us); }

unsigned Frames(double amount) { return static_cast<unsigned>(std::clamp(amount, 0.0, 1e9)); }

}  // namespace

void PortFaults::LinkDown(const FaultOrder& order, double now_us) {
  link_us_ = now_us + order.time_us;
  wire_->SetLink(false);
}

void PortFaults::LinkUp() {
  if (link_is_up()) return;
  link_us_ = kNone;
  wire_->SetLink(true);
}

void PortFaults::ShortRing(const FaultOrder& order, double now_us) {
  ring_us_ = now_us + order.time_us;
  ring_room_ = Frames(order.amount);
}

void PortFaults::EmptyPool(const FaultOrder& order, double now_us) {
  GiveBack();
  pool_us_ = now_us + order.time_us;
  rte_mempool* pool = wire_->stack_pool();
  const unsigned free = rte_mempool_avail_count(pool);
  const unsigned left = Frames(order.amount);
  if (free <= left) return;
  taken_.reserve(free - left);
  while (taken_.size() < free - left) {
    rte_mbuf* frame = rte_pktmbuf_alloc(pool);
    if (frame == nullptr) return;
    taken_.push_back(frame);
  }
}

void PortFaults::Clear() {
  LinkUp();
  ring_us_ = kNone;
  GiveBack();
}

double PortFaults::NextUs() const { return Earliest(Earliest(Earliest(kForever, link_us_), ring_us_), pool_us_); }

bool PortFaults::EndAt(double now_us) {
  if (NextUs() > now_us) return false;
  if (link_us_ >= 0 && link_us_ <= now_us) LinkUp();
  if (ring_us_ >= 0 && ring_us_ <= now_us) ring_us_ = kNone;
  if (pool_us_ >= 0 && pool_us_ <= now_us) GiveBack();
  return true;
}

bool PortFaults::TakesFrame() const {
  if (!link_is_up()) return false;
  const unsigned waiting = wire_->FramesForStack();
  if (ring_us_ >= 0 && waiting >= ring_room_) return false;
  // A card puts a frame into a mbuf of the stack's pool; ours do not, so those that wait are counted.
  return pool_us_ < 0 || waiting < rte_mempool_avail_count(wire_->stack_pool());
}

void PortFaults::GiveBack() {
  pool_us_ = kNone;
  for (rte_mbuf* frame : taken_) rte_pktmbuf_free(frame);
  taken_.clear();
}

}  // namespace lunadrill
