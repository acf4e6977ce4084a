#include "poll/poll-loop.h"

#include <rte_pause.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <utility>

#include "recorder/flight-recorder.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

namespace command = layout::command_kind;
namespace event = layout::event_kind;
namespace entry = layout::stack_entry;
namespace fault = layout::fault_kind;

constexpr double kForever = std::numeric_limits<double>::infinity();
// How long the loop looks for more before it says that it may park: the interpreter's next command comes sooner.
constexpr std::int64_t kSpinNs = 60'000;
// In wall time a client may announce that its next command is near (ChannelClient.wake): this covers the way until
// then.
constexpr std::int64_t kWallSpinNs = 600'000;
// A parked thread wakes up to this much late on a virtual machine; timers nearer than twice that are waited for here.
constexpr double kWakeUs = 150;
// A stack that keeps a clock of its own is polled this often at least.
constexpr double kOwnClockUs = 1000;
// So is any stack whose frames travel by themselves: more than the spinning before a timer, so that there is some rest.
constexpr double kTravelUs = 400;
// How long the stack's answer to the gateway's question may be under way there.
constexpr std::int64_t kIntroductionNs = 100'000'000;
// In wall time the client must not wait for a stack that never comes to rest.
constexpr int kWallRounds = 64;
// In virtual time a stack may be polled this often at one instant before it counts as hanging.
constexpr int kRounds = 100'000;
// No fault lasts longer that has an end.
constexpr double kLongestUs = 1e15;
// An advance stops here, so that the client takes what there is.
constexpr std::size_t kEventRoom = layout::channel::kEventSize / 2;

double AsUs(std::uint64_t us) { return us == UINT64_MAX ? kForever : static_cast<double>(us); }

template <typename Value>
Value Read(const Command& given, std::size_t offset) {
  Value value{};
  if (given.length >= offset + sizeof value) std::memcpy(&value, given.payload + offset, sizeof value);
  return value;
}

}  // namespace

PollLoop::PollLoop(StackObject* stack, Wire* wire, Gateway* gateway, HostEnd* run, HostEnd* admin, LeakWatch* leaks)
    : stack_(stack),
      clock_(&stack->clock()),
      wire_(wire),
      run_(run),
      admin_(admin),
      leaks_(leaks),
      traffic_(wire, gateway, clock_, run, leaks),
      own_clock_(!stack->Can(LUNA_CAP_CLOCK_HOOK)),
      polled_us_(wire->travels() ? kTravelUs
                 : own_clock_    ? kOwnClockUs
                                 : kForever) {}

std::unique_ptr<ScriptCall> PollLoop::NewCall() {
  std::unique_ptr<ScriptCall> own = stack_->OwnCall();
  return own != nullptr ? std::move(own) : std::make_unique<StackCall>(&descriptors_);
}

void PollLoop::Introduce() {
  traffic_.Introduce();
  Settle();
  if (!wire_->travels()) return;
  const std::int64_t until_ns = MonotonicNs() + kIntroductionNs;
  while (!traffic_.heard() && MonotonicNs() < until_ns) Settle();
}

std::uint32_t PollLoop::Turn() {
  active_ns_ = MonotonicNs();
  for (;;) {
    run_->Beat();
    const std::int64_t now_ns = MonotonicNs();
    bool acted = clock_->running() && SettleIfDue(clock_->UsAt(now_ns));
    acted = Serve(run_) || acted;
    acted = (!closed_ && Serve(admin_)) || acted;
    std::uint32_t bits = closed_ ? kClosed : 0;
    if (run_->MustNotify()) bits |= kNotifyRun;
    if (admin_->MustNotify()) bits |= kNotifyAdmin;
    if (bits != 0) return bits;
    if (acted) {
      active_ns_ = now_ns;
    } else if (now_ns - active_ns_ > (clock_->is_virtual() ? kSpinNs : kWallSpinNs) &&
               !(clock_->running() && UntilNextUs() <= 2 * kWakeUs)) {
      // In wall time the script's moments must not wait for it.
      if (leaks_ != nullptr) leaks_->Look(recorder::Event());
      return kMayPark;
    }
    rte_pause();
  }
}

bool PollLoop::Pending() const {
  return MayServe(*run_) || MayServe(*admin_) || (clock_->running() && UntilNextUs() <= kWakeUs);
}

double PollLoop::ParkMs() const {
  if (!clock_->running()) return kForever;
  return std::max(UntilNextUs() - kWakeUs, 0.0) / 1000.0;
}

// ---- Commands

// In wall time, a call waits in the ring for the end of a hold; whatever came behind it waits too.
bool PollLoop::MayServe(const HostEnd& end) const {
  return end.HasCommand() && !(call_waits_ && &end == run_ && Held());
}

bool PollLoop::Serve(HostEnd* end) {
  Command given{};
  if (end == run_ && call_waits_) {
    if (Held()) return false;
    call_waits_ = false;
    // What came before it is older.
    Settle();
  }
  if (!end->Next(&given)) return false;
  if (given.kind == command::kCall && clock_->running() && Held() &&
      !StackCall::OnlyInspects(given.payload, given.length)) {
    call_waits_ = true;
    return false;
  }
  // Before the answer, which lets the next one begin.
  const std::uint32_t script_event = leaks_ == nullptr ? 0 : recorder::Event();
  Execute(end, given);
  end->Release();
  if (leaks_ != nullptr && end == run_ && clock_->is_virtual()) leaks_->Look(script_event);
  return true;
}

void PollLoop::Execute(HostEnd* end, const Command& given) {
  if ((overflow_ || traffic_.overflow()) && given.kind != command::kClose) {
    return Refuse(end, "LD_HOST_OVERFLOW", "the stack has sent more packets than were taken, and some are lost");
  }
  if (const char* trouble = traffic_.trouble(); trouble != nullptr && given.kind != command::kClose) {
    return Refuse(end, "LD_PORT", trouble);
  }
  if (const char* trouble = stack_->Trouble(); trouble != nullptr && given.kind != command::kClose) {
    return Refuse(end, "LD_STACK_PACKET", trouble);
  }
  switch (given.kind) {
    case command::kCall:
      return Call(end, given);
    case command::kInject:
      return Inject(end, given);
    case command::kAdvance:
      return Advance(end, given);
    case command::kStart:
      return Start(end, given);
    case command::kListSockets:
      return List(end);
    case command::kFault:
      return Interfere(end, given);
    case command::kClose:
      return Close(end);
    default:
      return Refuse(end, "LD_CHANNEL", "there is no such command");
  }
}

void PollLoop::Call(HostEnd* end, const Command& given) {
  const bool blocking = (Read<std::uint32_t>(given, layout::call::kFlags) & layout::call_flag::kBlocking) != 0;
  ScriptCall& call = blocking ? *blocking_ : *call_;
  if (call.in_flight()) return Refuse(end, "LD_BLOCKED", "the last call has not returned yet");
  if (Held() && !StackCall::OnlyInspects(given.payload, given.length)) {
    // Virtual: the call comes to the polling thread, which is away until then.
    PassTo(hold_until_us_);
    Settle();
  }
  try {
    const Inside inside(run_, entry::kCall);
    call.Take(stack_->table(), given.payload, given.length, clock_->NowUs());
  } catch (const Failure& failure) {
    return Refuse(end, failure.code(), failure.what());
  }
  const bool settles = !StackCall::OnlyInspects(given.payload, given.length);
  answering_ = &call;
  TryAgain(&call);
  // In wall time nobody waits for more than what the call itself has sent.
  const bool early = !clock_->is_virtual() && !call.in_flight();
  if (early) {
    traffic_.Receive();
  } else if (settles) {
    Settle();
  }
  answering_ = nullptr;
  if (call.in_flight()) {
    end->Say(event::kBlocked, clock_->NowUs());
  } else {
    GiveReturned(call);
  }
  if (early && settles) Settle();
}

void PollLoop::Inject(HostEnd* end, const Command& given) {
  const auto octets = Read<std::uint32_t>(given, 0);
  const std::uint8_t* packet = given.payload + 8;
  const unsigned version = given.length > 8 ? packet[0] >> 4 : 0;
  if (octets < 20 || octets + 8 > given.length || (version != 4 && version != 6) ||
      octets + Gateway::kHeader > Wire::kMaxFrame) {
    return Refuse(end, "LD_INJECT", "this is no IP packet that fits into a frame");
  }
  if (octets + Gateway::kHeader > wire_->longest()) {
    return Refuse(end, "LD_INJECT", "the packet is longer than this port's MTU (longer ones travel over --port=ring)");
  }
  const double now_us = clock_->NowUs();
  traffic_.Inject(packet, octets, now_us);
  // An object that carries packets may refuse one.
  if (clock_->is_virtual() || !stack_->knows_frames()) {
    Settle();
    if (const char* trouble = stack_->Trouble()) return Refuse(end, "LD_STACK_PACKET", trouble);
    end->Say(event::kInjected, now_us);
  } else {
    end->Say(event::kInjected, now_us);
    Settle();
  }
}

void PollLoop::Start(HostEnd* end, const Command& given) {
  if (clock_->is_virtual() ? clock_->WholeUs() > 0 : clock_->running()) {
    return Refuse(end, "LD_START", "time 0 cannot be set any more");
  }
  if (!clock_->is_virtual()) clock_->Start(std::llround(given.time_us * 1000.0));
  traffic_.Start();
  end->Say(event::kStarted, clock_->NowUs());
}

void PollLoop::Advance(HostEnd* end, const Command& given) {
  if (!clock_->is_virtual()) return Refuse(end, "LD_CLOCK", "time runs by itself");
  const auto stop = Read<std::uint32_t>(given, 0);
  const double until_us = std::isnan(given.time_us) ? 0 : std::ceil(given.time_us);
  const std::uint64_t sniffed = traffic_.sniffed();
  const std::uint64_t returned = returned_;
  for (;;) {
    run_->Beat();
    if ((stop & layout::advance_stop::kSniffed) != 0 && traffic_.sniffed() != sniffed) break;
    if ((stop & layout::advance_stop::kReturned) != 0 && returned_ != returned) break;
    if (run_->FreeOctets() < kEventRoom) break;
    const double next_us = NextUs(clock_->NowUs());
    if (next_us > until_us || next_us == kForever) {
      if (until_us < 1e18) clock_->MoveTo(static_cast<std::uint64_t>(std::max(until_us, 0.0)));
      break;
    }
    clock_->MoveTo(static_cast<std::uint64_t>(std::ceil(next_us)));
    Settle();
  }
  end->Say(event::kAdvanced, clock_->NowUs());
}

void PollLoop::Interfere(HostEnd* end, const Command& given) {
  FaultOrder order;
  if (!order.Read(given.payload, given.length)) {
    return Refuse(end, "LD_ARGUMENT", "the record of the fault makes no sense");
  }
  const double now_us = clock_->NowUs();
  switch (order.kind) {
    case fault::kPollinghang:
      hold_until_us_ = std::max(hold_until_us_, std::ceil(now_us + std::min(order.time_us, kLongestUs)));
      break;
    case fault::kLinkdown:
      traffic_.port_faults().LinkDown(order, now_us);
      break;
    case fault::kLinkup:
      traffic_.port_faults().LinkUp();
      break;
    case fault::kRxring:
      traffic_.port_faults().ShortRing(order, now_us);
      break;
    case fault::kMbufpool:
      traffic_.port_faults().EmptyPool(order, now_us);
      break;
    case fault::kClockjump:
      if (own_clock_) return Refuse(end, "LD_UNSUPPORTED", "a stack whose clock is the host's (LUNA_CAP_CLOCK_HOOK)");
      clock_->Jump(static_cast<std::uint64_t>(std::max(order.amount, 0.0)));
      due_us_ = 0;
      break;
    case fault::kAllocfail:
      if (!stack_->Can(LUNA_CAP_ALLOC_FAULT)) {
        return Refuse(end, "LD_UNSUPPORTED", "a stack whose allocations can fail on demand (LUNA_CAP_ALLOC_FAULT)");
      }
      {
        const Inside inside(run_, entry::kCall);
        allocation_fault_.Begin(order, now_us);
      }
      break;
    case fault::kClearfaults:
      hold_until_us_ = 0;
      allocation_fault_.Clear();
      traffic_.ClearFaults();
      break;
    default:
      if (PacketFaults::Knows(order.kind)) {
        if (traffic_.packet_faults().Begin(order, now_us)) break;
        return Refuse(end, "LD_ARGUMENT", "64 faults of packets go on already: clearfaults ends them");
      }
      return Refuse(end, "LD_UNSUPPORTED", "a newer lunadrill: there is no such fault");
  }
  // The stack sees what has changed at once, where it is polled at all.
  Settle();
  end->Say(event::kFaultBegun, now_us);
}

void PollLoop::List(HostEnd* end) {
  struct Visit {
    HostEnd* end;
    double now_us;
  } context = {end, clock_->NowUs()};
  const auto visit = [](void* into, const luna_socket_info* info) {
    const auto* to = static_cast<const Visit*>(into);
    // A list that does not fit is cut.
    std::uint8_t* record = to->end->Begin(event::kSocket, to->now_us, sizeof *info, HostEnd::kReserve);
    if (record == nullptr) return;
    std::memcpy(record, info, sizeof *info);
    to->end->Commit();
  };
  {
    const Inside inside(run_, entry::kInspect);
    stack_->ListSockets(visit, &context);
  }
  end->Say(event::kListed, context.now_us);
}

void PollLoop::Close(HostEnd* end) {
  const double now_us = clock_->NowUs();
  allocation_fault_.Clear();
  if (!stack_->keeps_loaded()) {
    const Inside inside(run_, entry::kShutdown);
    stack_->Shutdown();
  }
  closed_ = true;
  end->Say(event::kClosed, now_us);
}

void PollLoop::Refuse(HostEnd* end, const char* code, const char* why) {
  char text[512];
  const int length =
      std::clamp(std::snprintf(text, sizeof text, "%s %s", code, why), 0, static_cast<int>(sizeof text) - 1);
  const auto octets = static_cast<std::uint32_t>(length);
  std::uint8_t* record = end->Begin(event::kRefused, clock_->NowUs(), 8 + octets);
  if (record == nullptr) return;
  std::memcpy(record, &octets, sizeof octets);
  std::memset(record + 4, 0, 4);
  std::memcpy(record + 8, text, octets);
  end->Commit();
}

// ---- The stack

double PollLoop::NextUs(double now_us) const {
  const double timer = std::min(AsUs(due_us_), now_us + polled_us_);
  const double next = std::min({timer, call_->deadline_us(), blocking_->deadline_us()});
  return std::min(now_us < hold_until_us_ ? hold_until_us_ : next, FaultsUs());
}

double PollLoop::UntilNextUs() const {
  const double now_us = clock_->NowUs();
  return NextUs(now_us) - now_us;
}

// What faults and captures do by themselves at a moment; the polling thread has no part in it, so a hold does not keep
// it back.
bool PollLoop::RunFaults(double now_us) {
  const bool changed = allocation_fault_.EndAt(now_us);
  return traffic_.ActAt(now_us) || changed;
}

double PollLoop::FaultsUs() const { return std::min(traffic_.NextUs(), allocation_fault_.NextUs()); }

// Virtual: time goes on to the end of a hold, past whatever faults do before.
void PollLoop::PassTo(double until_us) {
  for (double next_us = FaultsUs(); next_us < until_us; next_us = FaultsUs()) {
    clock_->MoveTo(static_cast<std::uint64_t>(std::ceil(next_us)));
    RunFaults(clock_->NowUs());
  }
  clock_->MoveTo(static_cast<std::uint64_t>(until_us));
}

bool PollLoop::SettleIfDue(double now_us) {
  const bool changed = RunFaults(now_us);
  if (now_us < hold_until_us_) return changed;
  const bool polled = polled_us_ != kForever;
  if (!changed && !polled && NextUs(now_us) > now_us && wire_->FramesForStack() == 0) return false;
  Settle();
  return !polled;
}

void PollLoop::Settle() {
  if (FaultsUs() != kForever) RunFaults(clock_->NowUs());
  for (int round = 0; round < kRounds && !Held(); ++round) {
    if (SettleOnce()) return;
    if (!clock_->is_virtual() && round == kWallRounds) return;
  }
  // A stack that never comes to rest: no beat and always inside, so that the watchdog takes it for what it is.
  const Inside inside(run_, entry::kPoll);
  while (!Held() && !SettleOnce()) {
  }
}

// One poll and what follows from it; true where nothing is left to do now.
bool PollLoop::SettleOnce() {
  const unsigned before = wire_->FramesForStack();
  PollStack();
  const unsigned left = wire_->FramesForStack();
  bool again = TryAgain(call_.get());
  again = TryAgain(blocking_.get()) || again;
  traffic_.Receive();
  // What the stack has left there, and would leave there once more, is no work.
  const unsigned waiting = wire_->FramesForStack();
  const bool more = waiting > 0 && (left != before || waiting != left);
  return !again && !more && due_us_ > clock_->WholeUs();
}

void PollLoop::PollStack() {
  const Inside inside(run_, entry::kPoll);
  const std::uint64_t due_us = stack_->Poll(clock_->StackUs());
  due_us_ = due_us == UINT64_MAX ? due_us : clock_->RunUs(due_us);
  descriptors_.epolls.Look(stack_->table());
}

// Whether the call has gone on: its effect on the stack's timers is known after another poll.
bool PollLoop::TryAgain(ScriptCall* call) {
  if (!call->in_flight()) return false;
  ScriptCall::Outcome outcome;
  {
    const Inside inside(run_, entry::kCall);
    outcome = call->Try(stack_->table(), clock_->NowUs());
    if (outcome != ScriptCall::Outcome::kSleeps) descriptors_.epolls.Look(stack_->table());
  }
  if (outcome == ScriptCall::Outcome::kOver) {
    if (call != answering_) GiveReturned(*call);
    ++returned_;
  }
  return outcome != ScriptCall::Outcome::kSleeps;
}

void PollLoop::GiveReturned(const ScriptCall& call) {
  std::uint8_t* record = run_->Begin(event::kReturned, clock_->NowUs(), call.record_length());
  if (record == nullptr) {
    overflow_ = true;
    return;
  }
  std::memcpy(record, call.record(), call.record_length());
  run_->Commit();
}

}  // namespace lunadrill
