// The host's loop: commands in, the stack polled, events out. Virtual time stands still while anything is left to do,
// and moves only inside `advance`; wall time runs by itself. Host thread; nothing here waits, allocates or locks. Read
// first: engine/src/host/layout.ts; engine/src/host/dpdk-thread.ts, which parks between two Turns.
#pragma once
#include <cstdint>
#include <memory>
#include <type_traits>

#include "channel/host-end.h"
#include "fault/allocation-fault.h"
#include "leak/leak-watch.h"
#include "neighbour/gateway.h"
#include "poll/descriptors.h"
#include "poll/stack-call.h"
#include "poll/traffic.h"
#include "port/wire.h"
#include "stack/stack-object.h"

namespace lunadrill {

class PollLoop {
 public:
  // What Turn returns, or'ed.
  static constexpr std::uint32_t kNotifyRun = 1;    // wake the interpreter
  static constexpr std::uint32_t kNotifyAdmin = 2;  // wake the admin's client
  static constexpr std::uint32_t kMayPark = 4;      // nothing to do for a while
  static constexpr std::uint32_t kClosed = 8;       // the run is over

  /// All of them outlive the loop.
  PollLoop(StackObject* stack, Wire* wire, Gateway* gateway, HostEnd* run, HostEnd* admin, LeakWatch* leaks = nullptr);
  PollLoop(const PollLoop&) = delete;
  PollLoop& operator=(const PollLoop&) = delete;

  /// Once, after the stack's start: lets it learn the gateway's address, so that no question of the link's delays a
  /// first segment.
  void Introduce();
  /// Works until JavaScript has to act.
  std::uint32_t Turn();
  /// Whether Turn would have something to do now: asked after the announcement that the host parks.
  bool Pending() const;
  /// How long the host may park: until shortly before the stack's next timer; infinity where none runs.
  double ParkMs() const;

 private:
  // Commands.
  bool Serve(HostEnd* end);
  bool MayServe(const HostEnd& end) const;
  void Execute(HostEnd* end, const Command& command);
  void Call(HostEnd* end, const Command& command);
  void Inject(HostEnd* end, const Command& command);
  void Start(HostEnd* end, const Command& command);
  void Advance(HostEnd* end, const Command& command);
  void Interfere(HostEnd* end, const Command& command);
  void List(HostEnd* end);
  void Close(HostEnd* end);
  void Refuse(HostEnd* end, const char* code, const char* why);

  // The stack.
  bool Held() const { return hold_until_us_ > 0 && clock_->NowUs() < hold_until_us_; }
  /// Polls until nothing is left to do now.
  void Settle();
  bool SettleOnce();
  bool SettleIfDue(double now_us);
  bool RunFaults(double now_us);
  double FaultsUs() const;
  void PassTo(double until_us);
  void PollStack();
  bool TryAgain(ScriptCall* call);
  void GiveReturned(const ScriptCall& call);
  /// When something happens by itself next.
  double NextUs(double now_us) const;
  /// How long until then.
  double UntilNextUs() const;

  std::unique_ptr<ScriptCall> NewCall();

  StackObject* const stack_;
  StackClock* const clock_;
  Wire* const wire_;
  HostEnd* const run_;
  HostEnd* const admin_;
  LeakWatch* const leaks_;  // null: nobody asks

  Traffic traffic_;
  AllocationFault allocation_fault_{stack_};
  Descriptors descriptors_;
  const std::unique_ptr<ScriptCall> call_ = NewCall();
  const std::unique_ptr<ScriptCall> blocking_ = NewCall();
  const ScriptCall* answering_ = nullptr;  // its return is given by Call
  std::uint64_t due_us_ = 0;               // the stack's next timer; not after now: poll at once
  double hold_until_us_ = 0;
  std::uint64_t returned_ = 0;
  std::int64_t active_ns_ = 0;
  bool own_clock_;
  double polled_us_;  // the stack is polled this often at least
  bool overflow_ = false;
  bool call_waits_ = false;  // in the ring, for the end of a hold
  bool closed_ = false;
};
static_assert(!std::is_copy_constructible_v<PollLoop>);

}  // namespace lunadrill
