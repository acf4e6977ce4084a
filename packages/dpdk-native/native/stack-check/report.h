// What a stack's check finds, told line by line as it goes: what is told before a call is known even if the call never
// comes back. Lines on a descriptor, fields between tabs, read by engine/src/stack-check/report-lines.ts:
//   stack N V A I C  name, version, interface's major and minor version, capabilities in decimal
//   group N F    the checks with this number begin, which are about function F
//   try F W      function F is called or looked at, for W
//   pass         it has done what it has to
//   fail E A     expected E, found A
//   in F         F is called by the way (poll, init)
//   out          it has come back
//   leave R      the rest of the group cannot be checked: R
// Any thread, one at a time.
#pragma once
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "luna_stack.h"
#include "lunadrill/layout.h"

namespace lunadrill {

/// Results that a call may have.
struct Wanted {
  /// One of these.
  std::vector<std::int64_t> values;
  /// Or this and anything above; kNone: nothing more.
  std::int64_t least = kNone;
  /// Or any negative errno.
  bool refused = false;

  static constexpr std::int64_t kNone = INT64_MAX;
  static Wanted Exactly(std::vector<std::int64_t> values) { return {std::move(values), kNone, false}; }
  static Wanted AtLeast(std::int64_t least) { return {{}, least, false}; }
  static Wanted Refused() { return {{}, kNone, true}; }
  bool Has(std::int64_t result) const;
  std::string Text() const;
};

/// The rest of a group makes no sense any more.
struct Leave {
  std::string reason;
};

class StackReport {
 public:
  /// `fd` belongs to the caller.
  explicit StackReport(int fd) : fd_(fd) {}
  StackReport(const StackReport&) = delete;
  StackReport& operator=(const StackReport&) = delete;

  void Stack(const struct ::luna_stack_v1& table);
  void Group(unsigned number, const char* function) { Say({"group", std::to_string(number), function}); }
  /// Is added to what all checks that follow say that they are for.
  void SetSuffix(const char* suffix) { suffix_ = suffix; }

  /// A call and what has to come back. The result.
  template <typename Call>
  std::int64_t Result(const char* function, const std::string& what, const Wanted& wanted, Call call) {
    Try(function, what);
    const std::int64_t result = Enter(call);
    if (wanted.Has(result)) {
      Say({"pass"});
    } else {
      Say({"fail", wanted.Text(), ResultText(result)});
    }
    return result;
  }
  /// The same where nothing that follows makes sense without it.
  template <typename Call>
  std::int64_t Need(const char* function, const std::string& what, const Wanted& wanted, Call call) {
    const std::int64_t result = Result(function, what, wanted, call);
    if (!wanted.Has(result)) throw Leave{std::string(function) + " has failed"};
    return result;
  }
  /// Something that has to hold.
  void That(const char* function, const std::string& what, bool holds, const std::string& expected,
            const std::string& actual);
  /// A call by the way, which is no check of its own.
  template <typename Call>
  auto ByTheWay(const char* function, Call call) {
    Say({"in", function});
    auto result = Enter(call);
    Say({"out"});
    return result;
  }
  void GiveUp(const std::string& reason) {
    in_stack_ = 0;
    Say({"leave", reason});
  }

  /// What a flight recorder wants to know.
  const std::atomic<std::uint32_t>* in_stack() const { return &in_stack_; }

  /// `-EBADF`, `3`.
  static std::string ResultText(std::int64_t result);

 private:
  void Try(const char* function, const std::string& what);
  void Say(const std::vector<std::string>& fields);
  template <typename Call>
  auto Enter(Call call) {
    in_stack_ = layout::stack_entry::kCall;
    auto result = call();
    in_stack_ = 0;
    return result;
  }

  int fd_;
  std::string suffix_;
  std::atomic<std::uint32_t> in_stack_{0};
};

}  // namespace lunadrill
