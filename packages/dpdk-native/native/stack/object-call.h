// A call of the script in an object of packetdrill_interface_init: each is one call of the object's function. One that
// is to return at once is made on the host's thread, as it stands in the script; one that may sleep has a thread of its
// own. A thread that sleeps in the object for good is left there, with all that it uses.
// Read first: 3-calls.md 6 and 9; packetdrill_interface.h.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "lunadrill/layout.h"
#include "poll/script-call.h"
#include "poll/stack-clock.h"
#include "stack/object-table.h"
#include "syscall/call-record.h"

namespace lunadrill {

class ObjectCall : public ScriptCall {
 public:
  ObjectCall(std::shared_ptr<ObjectTable> table, const StackClock* clock);

  void Take(const struct ::luna_stack_v1& stack, const std::uint8_t* record, std::size_t length,
            double now_us) override;
  Outcome Try(const struct ::luna_stack_v1& stack, double now_us) override;

  bool in_flight() const override { return in_flight_; }
  double deadline_us() const override;
  const std::uint8_t* record() const override { return flight_->octets; }
  std::size_t record_length() const override { return flight_->record.filled_length(); }

 private:
  enum class State { kWaits, kInside, kReturned };

  // What a thread in the object uses.
  struct Flight {
    explicit Flight(std::shared_ptr<ObjectTable> given) : table(std::move(given)) {}
    void Enter();
    std::int64_t EnterObject();

    const std::shared_ptr<ObjectTable> table;
    alignas(8) std::uint8_t octets[layout::call::kSize] = {};
    CallRecord record{octets};
    std::int64_t result = 0;
    int error = 0;
    std::int64_t start_ns = 0;
    std::int64_t return_ns = 0;
    std::atomic<State> state{State::kWaits};
    std::atomic<int> thread_id{0};
  };

  const char* Lacking() const;
  void StartThread();
  double EpochUs() const;

  const StackClock* const clock_;
  std::shared_ptr<Flight> flight_;
  bool in_flight_ = false;
  bool sleeps_ = false;   // the script says that it may
  bool started_ = false;  // on its thread
};
static_assert(!std::is_copy_constructible_v<ObjectCall>);

}  // namespace lunadrill
