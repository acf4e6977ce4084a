// A stack behind `luna_stack_v1`: the object, its table, and the one instance in it. Host thread, as luna_stack.h
// wants. Read first: include/luna_stack.h.
#pragma once
#include <cstdint>
#include <string>
#include <type_traits>

#include "luna_stack.h"
#include "stack/shared-object.h"
#include "stack/stack-object.h"

namespace lunadrill {

/// The table of a loaded object, as this host knows it: of an older object, what came later is null and 0.
/// LD_STACK_SYMBOL: it exports none. LD_STACK_VERSION.
struct ::luna_stack_v1 TableOf(const SharedObject& object);

class LunaV1 : public StackObject {
 public:
  /// Loads the object and checks its table: SharedObject's codes, LD_STACK_SYMBOL, LD_STACK_VERSION, LD_STACK_CLOCK
  /// (virtual time asked of a stack that has its own clock).
  LunaV1(const std::string& path, bool virtual_clock);
  ~LunaV1() override { Shutdown(); }

  void Init(const LunaSetup& setup) override;
  bool CanReset(const std::string& path, const LunaSetup& setup, bool virtual_clock) const override;
  void Reset(bool virtual_clock) override;
  void Shutdown() override;
  std::uint64_t Poll(std::uint64_t now_us) override { return table_.poll(now_us); }
  void ListSockets(luna_socket_visitor visit, void* context) override { table_.list_sockets(visit, context); }

 private:
  SharedObject object_;
  LunaSetup setup_{};
};
static_assert(!std::is_copy_constructible_v<LunaV1>);

}  // namespace lunadrill
