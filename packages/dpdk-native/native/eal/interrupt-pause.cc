// DPDK's sources of interrupts are drivers' alone by its words, and so an experimental interface for all others.
#define ALLOW_EXPERIMENTAL_API
#include "eal/interrupt-pause.h"

#include <rte_interrupts.h>
#include <sys/eventfd.h>

#include <condition_variable>
#include <cstdint>

#include "util/descriptor.h"

namespace lunadrill {
namespace {

// A bell that the thread hears between other events. It stays for the life of the process: each source that comes or
// goes makes the thread build its list of descriptors, an epoll, anew.
class Bell {
 public:
  static Bell& Instance() {
    static auto* const bell = new Bell;  // EAL's thread outlives static objects
    return *bell;
  }

  /// Whoever rings, or pauses, has it alone.
  std::mutex turn;

  /// Returns when the thread has come here.
  void Ring() {
    if (!heard_) return;
    std::unique_lock<std::mutex> lock(mutex_);
    const std::uint64_t before = arrivals_;
    ::eventfd_write(eventfd_.get(), 1);
    changed_.wait(lock, [&] { return arrivals_ != before; });
  }

  /// The first ring is heard among events that were fetched with it, so a descriptor that has been closed or a list to
  /// be built anew may be among those behind. The second is heard after all of them.
  void RingTwice() {
    Ring();
    Ring();
  }

  /// Whether the thread stays here once it has come.
  void Hold(bool hold) {
    const std::lock_guard<std::mutex> lock(mutex_);
    hold_ = hold;
    changed_.notify_all();
  }

 private:
  Bell()
      : eventfd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        source_(rte_intr_instance_alloc(RTE_INTR_INSTANCE_F_PRIVATE)),
        heard_(eventfd_.open() && source_ != nullptr && rte_intr_fd_set(source_, eventfd_.get()) == 0 &&
               rte_intr_type_set(source_, RTE_INTR_HANDLE_EXT) == 0 &&
               rte_intr_callback_register(source_, Arrive, this) == 0) {}

  // On the interrupt thread.
  static void Arrive(void* of) {
    auto* bell = static_cast<Bell*>(of);
    eventfd_t rung = 0;
    ::eventfd_read(bell->eventfd_.get(), &rung);
    std::unique_lock<std::mutex> lock(bell->mutex_);
    ++bell->arrivals_;
    bell->changed_.notify_all();
    bell->changed_.wait(lock, [&] { return !bell->hold_; });
  }

  const Descriptor eventfd_;
  rte_intr_handle* const source_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t arrivals_ = 0;
  bool hold_ = false;
  const bool heard_;
};

}  // namespace

void SettleInterrupts() {
  Bell& bell = Bell::Instance();
  const std::lock_guard<std::mutex> turn(bell.turn);
  bell.RingTwice();
}

InterruptPause::InterruptPause() : turn_(Bell::Instance().turn) {
  Bell& bell = Bell::Instance();
  bell.Hold(true);
  bell.Ring();
}

InterruptPause::~InterruptPause() {
  Bell& bell = Bell::Instance();
  bell.Hold(false);
  bell.RingTwice();
}

}  // namespace lunadrill
