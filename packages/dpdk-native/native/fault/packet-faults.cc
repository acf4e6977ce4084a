#include "fault/packet-faults.h"

#include <rte_mbuf.h>

#include <algorithm>
#include <utility>

#include "fault/corruption.h"

namespace lunadrill {
namespace {

namespace fault = layout::fault_kind;

constexpr double kForever = std::numeric_limits<double>::infinity();

std::uint32_t Whole(double amount, double most) { return static_cast<std::uint32_t>(std::clamp(amount, 0.0, most)); }

}  // namespace

PacketFaults::PacketFaults(Wire* wire, Deliver deliver)
    : wire_(wire), deliver_(std::move(deliver)), changed_(std::make_unique<std::uint8_t[]>(Wire::kMaxFrame)) {
  faults_.reserve(kFaults);
  kept_.reserve(kKept);
}

PacketFaults::~PacketFaults() {
  for (const Kept& kept : kept_) rte_pktmbuf_free(kept.packet);
}

bool PacketFaults::Knows(std::uint32_t kind) {
  switch (kind) {
    case fault::kDrop:
    case fault::kDuplicate:
    case fault::kReorder:
    case fault::kCorrupt:
    case fault::kDelay:
      return true;
    default:
      return false;
  }
}

bool PacketFaults::Begin(const FaultOrder& order, double now_us) {
  const auto over = [now_us](const Fault& each) { return each.choice.Over(now_us); };
  faults_.erase(std::remove_if(faults_.begin(), faults_.end(), over), faults_.end());
  if (faults_.size() == kFaults) return false;
  faults_.push_back({order, PacketChoice(order, now_us)});
  return true;
}

void PacketFaults::Clear() {
  faults_.clear();
  for (Kept& kept : kept_) kept.due_us = 0;
  FindNext();
  ReleaseAt(0);
}

void PacketFaults::Pass(std::uint32_t direction, const std::uint8_t* packet, std::size_t length, double now_us) {
  Fate fate;
  fate.packet = packet;
  for (Fault& each : faults_) {
    Meet(&each, direction, length, now_us, &fate);
    if (fate.lost) return;
  }
  if (fate.ahead > 0 || fate.delay_us > 0) return Keep(direction, length, fate, now_us);
  for (std::uint32_t copy = 0; copy < fate.copies; ++copy) deliver_(direction, fate.packet, length);
  if (kept_.empty()) return;
  Overtake(direction, now_us);
  ReleaseAt(now_us);
}

void PacketFaults::Meet(Fault* met, std::uint32_t direction, std::size_t length, double now_us, Fate* fate) {
  const FaultOrder& order = met->order;
  // A packet that has no such octet is not one to choose.
  if (order.kind == fault::kCorrupt && order.amount >= static_cast<double>(length)) return;
  if (!met->choice.Takes(direction, now_us)) return;
  switch (order.kind) {
    case fault::kDrop:
      fate->lost = true;
      return;
    case fault::kDuplicate:
      fate->copies += Whole(order.amount, 100);
      return;
    case fault::kReorder:
      fate->ahead += Whole(order.amount, 100);
      fate->wait_us = std::max(fate->wait_us, order.limit_us);
      return;
    case fault::kDelay:
      fate->delay_us += order.amount + (order.limit_us > 0 ? met->choice.chance().Fraction() * order.limit_us : 0);
      return;
    case fault::kCorrupt:
      return Corrupt(met, direction, length, fate);
    default:
      return;
  }
}

void PacketFaults::Corrupt(Fault* met, std::uint32_t direction, std::size_t length, Fate* fate) {
  const FaultOrder& order = met->order;
  Chance& chance = met->choice.chance();
  if (fate->packet != changed_.get()) std::copy_n(fate->packet, length, changed_.get());
  fate->packet = changed_.get();
  const std::size_t at = order.amount < 0 ? chance.Below(length) : static_cast<std::size_t>(order.amount);
  changed_[at] ^= static_cast<std::uint8_t>(order.mask == 0 ? 1U << chance.Below(8) : order.mask);
  if (order.repair != 0) {
    RepairChecksums(changed_.get(), length);
  } else if (direction == kFromStack) {
    // The peer that the script plays throws it away by its checksum (RFC 1122 4.2.2.7).
    fate->lost = true;
  }
}

// Without room or memory it is lost, as in any queue.
void PacketFaults::Keep(std::uint32_t direction, std::size_t length, const Fate& fate, double now_us) {
  if (kept_.size() == kKept) return;
  rte_mbuf* packet = wire_->Keep(fate.packet, length);
  if (packet == nullptr) return;
  const double free_us = now_us + fate.delay_us;
  const double due_us = fate.ahead > 0 ? std::max(free_us, now_us + fate.wait_us) : free_us;
  kept_.push_back({packet, direction, fate.copies, fate.ahead, fate.ahead == 0, free_us, due_us});
  FindNext();
}

// One more has gone past those that are kept.
void PacketFaults::Overtake(std::uint32_t direction, double now_us) {
  for (Kept& kept : kept_) {
    if (kept.direction != direction || kept.ahead == 0) continue;
    if (--kept.ahead == 0) kept.due_us = std::max(kept.free_us, now_us);
  }
  FindNext();
}

bool PacketFaults::ReleaseAt(double now_us) {
  if (next_us_ > now_us) return false;
  while (next_us_ <= now_us) {
    const Kept kept = TakeNext();
    const auto* octets = rte_pktmbuf_mtod(kept.packet, const std::uint8_t*);
    for (std::uint32_t copy = 0; copy < kept.copies; ++copy) {
      deliver_(kept.direction, octets, rte_pktmbuf_data_len(kept.packet));
    }
    rte_pktmbuf_free(kept.packet);
    if (kept.overtakes) Overtake(kept.direction, now_us);
  }
  return true;
}

PacketFaults::Kept PacketFaults::TakeNext() {
  const Kept kept = kept_[next_];
  kept_.erase(kept_.begin() + static_cast<std::ptrdiff_t>(next_));
  FindNext();
  return kept;
}

// Of those that are due at the same time, the one that came first: they stand in that order.
void PacketFaults::FindNext() {
  const auto sooner = [](const Kept& one, const Kept& other) { return one.due_us < other.due_us; };
  const auto next = std::min_element(kept_.begin(), kept_.end(), sooner);
  next_us_ = next == kept_.end() ? kForever : next->due_us;
  next_ = static_cast<std::size_t>(next - kept_.begin());
}

}  // namespace lunadrill
