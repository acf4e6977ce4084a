// DPDK's sources of interrupts are drivers' alone by its words, and so an experimental interface for all others.
#define ALLOW_EXPERIMENTAL_API
#include "eal/interrupt-pause.h"

#include <rte_interrupts.h>
#include <sys/eventfd.h>

namespace lunadrill {

InterruptPause::InterruptPause()
    : bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), source_(rte_intr_instance_alloc(RTE_INTR_INSTANCE_F_PRIVATE)) {
  const bool heard = bell_.open() && source_ != nullptr && rte_intr_fd_set(source_, bell_.get()) == 0 &&
                     rte_intr_type_set(source_, RTE_INTR_HANDLE_EXT) == 0 &&
                     rte_intr_callback_register(source_, Arrive, this) == 0;
  if (heard) {
    ::eventfd_write(bell_.get(), 1);
    Reach(State::kPausing);
  } else {
    Release();
  }
}

InterruptPause::~InterruptPause() {
  if (source_ == nullptr) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    state_ = State::kOver;
  }
  changed_.notify_all();
  // The thread goes on with the events that it had fetched before, by the numbers of descriptors that may be closed
  // now. This one is not among them, so when it is heard they are over, and a new descriptor is not taken for an old
  // one.
  ::eventfd_write(bell_.get(), 1);
  Reach(State::kPassed);
  rte_intr_callback_unregister_sync(source_, Arrive, this);
  Release();
}

void InterruptPause::Release() {
  rte_intr_instance_free(source_);
  source_ = nullptr;
}

void InterruptPause::Reach(State state) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [&] { return state_ == state; });
}

// On the interrupt thread.
void InterruptPause::Arrive(void* of) {
  auto* pause = static_cast<InterruptPause*>(of);
  eventfd_t rung = 0;
  ::eventfd_read(pause->bell_.get(), &rung);
  std::unique_lock<std::mutex> lock(pause->mutex_);
  if (pause->state_ == State::kAsked) {
    pause->state_ = State::kPausing;
    pause->changed_.notify_all();
    pause->changed_.wait(lock, [&] { return pause->state_ == State::kOver; });
  } else {
    pause->state_ = State::kPassed;
    pause->changed_.notify_all();
  }
}

}  // namespace lunadrill
