// A call of the script under way in the stack, as the loop sees it. One for calls that are to return at once, one for
// the call that may sleep. Host thread. Read first: engine/src/host/layout.ts (call records).
#pragma once
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "luna_stack.h"

namespace lunadrill {

class ScriptCall {
 public:
  ScriptCall() = default;
  ScriptCall(const ScriptCall&) = delete;
  ScriptCall& operator=(const ScriptCall&) = delete;
  virtual ~ScriptCall() = default;

  /// Takes a record of `length` octets over. LD_CALL: it makes no sense. LD_UNSUPPORTED, with what is lacking. Then
  /// nothing is in flight.
  virtual void Take(const struct ::luna_stack_v1& stack, const std::uint8_t* record, std::size_t length,
                    double now_us) = 0;
  enum class Outcome { kSleeps, kWentOn, kOver };
  /// Enters the stack, again after later polls until the call is over and the record filled. kWentOn: some octets of a
  /// longer transfer have gone.
  virtual Outcome Try(const struct ::luna_stack_v1& stack, double now_us) = 0;

  virtual bool in_flight() const = 0;
  /// Until when it sleeps at most; infinity where that is not the host's to say.
  virtual double deadline_us() const = 0;
  /// The filled record.
  virtual const std::uint8_t* record() const = 0;
  virtual std::size_t record_length() const = 0;
};
static_assert(!std::is_copy_constructible_v<ScriptCall>);

}  // namespace lunadrill
