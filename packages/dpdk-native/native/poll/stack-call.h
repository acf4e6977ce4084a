// One call record, run on a stack whose functions never wait: a call that would sleep is tried again after later polls,
// until it returns. Payload: zeros out, whatever comes in is dropped. Host thread.
// Read first: engine/src/host/layout.ts (call records); luna_stack.h on what the functions return.
#pragma once
#include <sys/uio.h>

#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include "luna_stack.h"
#include "lunadrill/layout.h"
#include "util/region.h"

namespace lunadrill {

class StackCall {
 public:
  StackCall();
  StackCall(const StackCall&) = delete;
  StackCall& operator=(const StackCall&) = delete;

  /// Takes a record of `length` octets over. LD_CALL: it makes no sense; then nothing is in flight.
  void Take(const std::uint8_t* record, std::size_t length, double now_us);
  enum class Outcome { kSleeps, kWentOn, kOver };
  /// Enters the stack, again after later polls until the call is over and the record filled. kWentOn: some octets of a
  /// longer transfer have gone.
  Outcome Try(const struct ::luna_stack_v1& stack, double now_us);

  bool in_flight() const { return in_flight_; }
  /// Whether the record only reads statistics, which a stack that is not polled may be asked for too.
  static bool OnlyInspects(const std::uint8_t* record, std::size_t length);
  /// Until when a poll(2) sleeps at most; infinity for everything else.
  double deadline_us() const { return in_flight_ ? deadline_us_ : std::numeric_limits<double>::infinity(); }
  /// The filled record.
  const std::uint8_t* record() const { return record_; }
  std::size_t record_length() const { return layout::call::kData + out_copied_; }

 private:
  void Prepare();
  void PrepareVector(bool outgoing);
  std::int64_t Enter(const struct ::luna_stack_v1& stack);
  std::int64_t EnterVector(const struct ::luna_stack_v1& stack, bool outgoing);
  std::int64_t EnterPoll(const struct ::luna_stack_v1& stack);
  bool Sleeps(const struct ::luna_stack_v1& stack, std::int64_t result);
  bool WantsMore(const struct ::luna_stack_v1& stack, std::int64_t result);
  bool Blocking(const struct ::luna_stack_v1& stack) const;
  bool Outgoing() const;
  void Finish(std::int64_t result, double now_us);
  template <typename Value>
  Value Get(std::size_t at) const;
  template <typename Value>
  void Put(std::size_t at, Value value);

  Region zeros_;
  Region scratch_;
  Region options_;
  std::vector<iovec> vector_;

  bool in_flight_ = false;
  std::uint32_t op_ = 0;
  std::int32_t fd_ = -1;
  std::int32_t arg_[4] = {};
  std::uint32_t in_length_ = 0;
  std::uint32_t out_capacity_ = 0;
  std::uint8_t* buffer_ = nullptr;
  std::uint64_t count_ = 0;   // octets that the call wants to move
  std::uint64_t done_ = 0;    // of these, before this try
  std::uint32_t length_ = 0;  // socklen_t in and out
  std::uint32_t out_copied_ = 0;
  double deadline_us_ = 0;
  alignas(8) std::uint8_t record_[layout::call::kSize] = {};
};
static_assert(!std::is_copy_constructible_v<StackCall>);

}  // namespace lunadrill
