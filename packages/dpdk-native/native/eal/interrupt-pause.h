// Keeps EAL's interrupt thread from its work for a while: drivers handle the news of their peers there, and do not all
// bear that somebody stops their device meanwhile (net_memif frees its memory twice). Any thread but that one. Read
// first: rte_interrupts.h.
#pragma once
#include <condition_variable>
#include <mutex>
#include <type_traits>

#include "util/descriptor.h"

struct rte_intr_handle;

namespace lunadrill {

class InterruptPause {
 public:
  /// What the thread is at is over then. Where DPDK gives no source of interrupts, nothing pauses.
  InterruptPause();
  InterruptPause(const InterruptPause&) = delete;
  InterruptPause& operator=(const InterruptPause&) = delete;
  /// What the thread had fetched before is over then, too.
  ~InterruptPause();

 private:
  enum class State { kAsked, kPausing, kOver, kPassed };

  static void Arrive(void* of);
  void Release();
  void Reach(State state);

  Descriptor bell_;  // an eventfd
  rte_intr_handle* source_;
  std::mutex mutex_;
  std::condition_variable changed_;
  State state_ = State::kAsked;
};
static_assert(!std::is_copy_constructible_v<InterruptPause>);

}  // namespace lunadrill
