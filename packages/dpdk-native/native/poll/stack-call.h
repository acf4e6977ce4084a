// One call record, run on a stack whose functions never wait: a call that would sleep is tried again after later polls,
// until it returns, or its time is over. Payload: zeros out, whatever comes in is dropped. Host thread.
// Read first: engine/src/host/layout.ts (call records); luna_stack.h on what the functions return.
#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "luna_stack.h"
#include "lunadrill/layout.h"
#include "poll/descriptors.h"
#include "poll/file-transfer.h"
#include "poll/script-call.h"
#include "syscall/call-record.h"
#include "util/region.h"

namespace lunadrill {

class StackCall : public ScriptCall {
 public:
  /// `descriptors`: of the run, shared with the other call.
  explicit StackCall(Descriptors* descriptors) : descriptors_(descriptors), transfer_(descriptors) {}

  void Take(const struct ::luna_stack_v1& stack, const std::uint8_t* record, std::size_t length,
            double now_us) override;
  Outcome Try(const struct ::luna_stack_v1& stack, double now_us) override;

  bool in_flight() const override { return in_flight_; }
  /// Whether the record only reads statistics, which a stack that is not polled may be asked for too.
  static bool OnlyInspects(const std::uint8_t* record, std::size_t length);
  /// Until when it sleeps at most: poll(2), epoll_wait(2), SO_RCVTIMEO, SO_SNDTIMEO, SO_LINGER; else infinity.
  double deadline_us() const override { return in_flight_ ? deadline_us_ : std::numeric_limits<double>::infinity(); }
  const std::uint8_t* record() const override { return octets_; }
  std::size_t record_length() const override { return record_.filled_length(); }

 private:
  using Table = struct ::luna_stack_v1;
  using Kind = Descriptors::Kind;

  double DeadlineUs(const Table& stack, double now_us) const;
  std::int64_t Enter(const Table& stack);
  std::int64_t EnterSocket(const Table& stack);
  std::int64_t EnterFile();
  std::int64_t EnterSet();
  template <typename Call>
  std::int64_t WithRest(Call call);
  std::int64_t EnterMessage(const Table& stack);
  std::int64_t EnterPlainMessage(const Table& stack);
  std::int64_t EnterReceive(const Table& stack);
  std::int64_t EnterPoll(const Table& stack);
  std::int64_t EnterOption(const Table& stack);
  std::int64_t EnterCloseOnExec();
  std::int64_t EnterAccept(const Table& stack);
  std::int64_t EnterClose(const Table& stack);
  std::int64_t EnterTransfer(const Table& stack);

  bool Sleeps(const Table& stack, std::int64_t result);
  bool WantsMore(const Table& stack, std::int64_t result);
  std::uint64_t Target() const;
  bool Blocking(const Table& stack) const;
  bool Outgoing() const;
  bool Incoming() const;
  std::int32_t Flags() const;
  bool Stream(const Table& stack) const;
  bool Lingers(const Table& stack) const;

  Descriptors* const descriptors_;
  FileTransfer transfer_;
  alignas(8) std::uint8_t octets_[layout::call::kSize] = {};
  CallRecord record_{octets_};
  Region datagram_{PROT_READ | PROT_WRITE};
  Kind kind_ = Kind::kNone;  // of the record's descriptor
  bool in_flight_ = false;
  std::uint64_t done_ = 0;  // of the record's count, before this try
  FileTransfer::Moved moved_{};
  std::int64_t first_result_ = 0;
  luna_socket_info closed_{};  // the connection that close(2) waits for; protocol 0: none
  double start_us_ = 0;
  double deadline_us_ = 0;
};
static_assert(!std::is_copy_constructible_v<StackCall>);

}  // namespace lunadrill
