// One call record, run on a stack whose functions never wait: a call that would sleep is tried again after later polls,
// until it returns. Payload: zeros out, whatever comes in is dropped. Host thread.
// Read first: engine/src/host/layout.ts (call records); luna_stack.h on what the functions return.
#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "luna_stack.h"
#include "lunadrill/layout.h"
#include "poll/epoll-table.h"
#include "syscall/call-record.h"
#include "util/region.h"

namespace lunadrill {

class StackCall {
 public:
  /// `epolls`: of the run, shared with the other call.
  explicit StackCall(EpollTable* epolls) : epolls_(epolls) {}
  StackCall(const StackCall&) = delete;
  StackCall& operator=(const StackCall&) = delete;

  /// Takes a record of `length` octets over. LD_CALL: it makes no sense. LD_UNSUPPORTED, with
  /// what is lacking: the table has nothing for it. Then nothing is in flight.
  void Take(const struct ::luna_stack_v1& stack, const std::uint8_t* record, std::size_t length, double now_us);
  enum class Outcome { kSleeps, kWentOn, kOver };
  /// Enters the stack, again after later polls until the call is over and the record filled. kWentOn: some octets of a
  /// longer transfer have gone.
  Outcome Try(const struct ::luna_stack_v1& stack, double now_us);

  bool in_flight() const { return in_flight_; }
  /// Whether the record only reads statistics, which a stack that is not polled may be asked for too.
  static bool OnlyInspects(const std::uint8_t* record, std::size_t length);
  /// Until when a poll(2) or epoll_wait(2) sleeps at most; infinity for everything else.
  double deadline_us() const { return in_flight_ ? deadline_us_ : std::numeric_limits<double>::infinity(); }
  /// The filled record.
  const std::uint8_t* record() const { return octets_; }
  std::size_t record_length() const { return record_.filled_length(); }

 private:
  std::int64_t Enter(const struct ::luna_stack_v1& stack);
  std::int64_t EnterVector(const struct ::luna_stack_v1& stack, bool outgoing);
  std::int64_t EnterPoll(const struct ::luna_stack_v1& stack);
  bool Sleeps(const struct ::luna_stack_v1& stack, std::int64_t result);
  bool WantsMore(const struct ::luna_stack_v1& stack, std::int64_t result);
  bool Blocking(const struct ::luna_stack_v1& stack) const;
  bool Outgoing() const;
  std::int32_t Flags() const;
  bool Stream(const struct ::luna_stack_v1& stack) const;
  const char* Lacking(const struct ::luna_stack_v1& stack) const;
  const char* LackingSocket(const struct ::luna_stack_v1& stack) const;
  std::int64_t EnterReceive(const struct ::luna_stack_v1& stack);
  std::int64_t EnterUnread(const struct ::luna_stack_v1& stack);

  EpollTable* const epolls_;
  alignas(8) std::uint8_t octets_[layout::call::kSize] = {};
  CallRecord record_{octets_};
  Region datagram_{PROT_READ | PROT_WRITE};
  bool in_flight_ = false;
  std::uint64_t done_ = 0;  // of the record's count, before this try
  double start_us_ = 0;
  double deadline_us_ = 0;
};
static_assert(!std::is_copy_constructible_v<StackCall>);

}  // namespace lunadrill
