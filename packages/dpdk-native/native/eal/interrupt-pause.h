// EAL's interrupt thread, kept from its work for a while, or waited for: drivers handle the news of their peers there,
// and do not all bear that somebody stops their device meanwhile (net_memif frees its memory twice). Any thread but
// that one, after InitEal. Read first: rte_interrupts.h.
#pragma once
#include <mutex>
#include <type_traits>

namespace lunadrill {

/// Returns when the thread has done what was to be done before, and waits at the descriptors that it has to wait at.
void SettleInterrupts();

class InterruptPause {
 public:
  /// What the thread is at is over then. Where DPDK gives no source of interrupts, nothing pauses.
  InterruptPause();
  InterruptPause(const InterruptPause&) = delete;
  InterruptPause& operator=(const InterruptPause&) = delete;
  /// As SettleInterrupts: what the thread had fetched before is over as well, so that no new descriptor is taken for
  /// one that was closed.
  ~InterruptPause();

 private:
  std::unique_lock<std::mutex> turn_;
};
static_assert(!std::is_copy_constructible_v<InterruptPause>);

}  // namespace lunadrill
