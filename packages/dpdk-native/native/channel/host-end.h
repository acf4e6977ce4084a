// The host's end of a channel: reads commands, writes events. Shared with JavaScript's end
// (engine/src/host/channel.ts). Host thread. Read first: lunadrill/layout.h, and engine/src/host/layout.ts, where the
// memory is drawn.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "lunadrill/layout.h"

namespace lunadrill {

struct Command {
  std::uint32_t kind;
  double time_us;
  const std::uint8_t* payload;  // in the ring, until Release
  std::size_t length;           // of the payload with its padding
};

class HostEnd {
 public:
  /// Kept free for answers by those who write what nobody waits for.
  static constexpr std::size_t kReserve = 65536;

  /// `memory`: channel::kSize octets, aligned to 8, alive as long as the end. LD_LAYOUT where the client's differs.
  explicit HostEnd(std::uint8_t* memory);
  HostEnd(const HostEnd&) = delete;
  HostEnd& operator=(const HostEnd&) = delete;

  /// Whether a command waits; ordered after the caller's own earlier stores, so it may decide about parking.
  bool HasCommand() const;
  /// Opens the oldest command; false where there is none. LD_CHANNEL: no record, but garbage.
  bool Next(Command* command);
  /// Gives the opened command's room back.
  void Release();

  /// Room for an event of `octets` payload (padding cleared), or null where less than that and `reserve` is free;
  /// Commit publishes it.
  std::uint8_t* Begin(std::uint32_t kind, double time_us, std::size_t octets, std::size_t reserve = 0);
  void Commit();
  /// Begin and Commit of an event without payload.
  void Say(std::uint32_t kind, double time_us);
  std::size_t FreeOctets() const;

  /// Whether the client waits for events that have been committed since this was asked last.
  bool MustNotify();

  /// One turn of the host's loop; what a watchdog looks at.
  void Beat();
  /// Which entry of the stack runs (layout::stack_entry); returns what was set before.
  std::uint32_t SetInStack(std::uint32_t entry);
  /// What SetInStack writes; as long-lived as the memory.
  const std::atomic<std::uint32_t>* in_stack() const { return &Word(layout::channel::kInStack); }

 private:
  std::atomic<std::uint32_t>& Word(std::size_t offset) const {
    return *reinterpret_cast<std::atomic<std::uint32_t>*>(memory_ + offset);
  }
  void PutHead(std::uint8_t* at, std::size_t length, std::uint32_t kind, double time_us);

  std::uint8_t* const memory_;
  std::uint32_t command_tail_;
  std::uint32_t event_head_;
  std::uint32_t beats_ = 0;
  std::uint32_t in_stack_ = 0;
  std::size_t opened_ = 0;
  bool committed_ = false;
};
static_assert(!std::is_copy_constructible_v<HostEnd>);
static_assert(sizeof(std::atomic<std::uint32_t>) == 4 && std::atomic<std::uint32_t>::is_always_lock_free);

/// Marks the stack as entered, until the end of the scope. They nest.
class Inside {
 public:
  Inside(HostEnd* end, std::uint32_t entry) : end_(end), before_(end->SetInStack(entry)) {}
  ~Inside() { end_->SetInStack(before_); }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  HostEnd* const end_;
  const std::uint32_t before_;
};
static_assert(!std::is_copy_constructible_v<Inside>);

}  // namespace lunadrill
