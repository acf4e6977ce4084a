// A stack behind `luna_stack_v1`: the object, its table, and the one instance in it. Host thread, as luna_stack.h
// wants. Read first: include/luna_stack.h.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <type_traits>

#include "luna_stack.h"
#include "poll/stack-clock.h"
#include "stack/shared-object.h"

namespace lunadrill {

/// What an instance is made with. Equal ones can follow each other by reset().
struct LunaSetup {
  std::uint16_t port_id;
  std::uint16_t mtu;
  std::array<std::uint8_t, 6> mac;
  std::uint8_t prefix_length;
  std::uint32_t family;  // AF_INET or AF_INET6
  // IPv4 in the first four octets, zeros behind; network order.
  std::array<std::uint8_t, 16> local_ip;
  std::array<std::uint8_t, 16> gateway_ip;
  rte_mempool* pool;
  std::string options;

  bool operator==(const LunaSetup& other) const {
    return port_id == other.port_id && mtu == other.mtu && mac == other.mac && prefix_length == other.prefix_length &&
           family == other.family && local_ip == other.local_ip && gateway_ip == other.gateway_ip &&
           pool == other.pool && options == other.options;
  }
};

/// The table of a loaded object, as this host knows it: of an older object, what came later is null and 0.
/// LD_STACK_SYMBOL: it exports none. LD_STACK_VERSION.
struct ::luna_stack_v1 TableOf(const SharedObject& object);

class LunaV1 {
 public:
  /// Loads the object and checks its table: SharedObject's codes, LD_STACK_SYMBOL, LD_STACK_VERSION, LD_STACK_CLOCK
  /// (virtual time asked of a stack that has its own clock).
  LunaV1(const std::string& path, bool virtual_clock);
  LunaV1(const LunaV1&) = delete;
  LunaV1& operator=(const LunaV1&) = delete;
  ~LunaV1() { Shutdown(); }

  /// The first instance. LD_STACK_INIT; LD_UNSUPPORTED: another family, or an MTU above its own greatest.
  void Init(const LunaSetup& setup);
  /// Whether the next instance may be made by Reset, with this path, setup and clock.
  bool CanReset(const std::string& path, const LunaSetup& setup, bool virtual_clock) const;
  /// A fresh instance where CanReset, at time 0 again. LD_STACK_INIT.
  void Reset(bool virtual_clock);
  /// Ends the instance; twice is once. Until then, tables of functions may be called.
  void Shutdown();

  /// LUNA_CAP_…: whether the stack declares it.
  bool Can(std::uint64_t capability) const { return (table_.capabilities & capability) != 0; }
  bool keeps_loaded() const { return Can(LUNA_CAP_RESET); }
  bool alive() const { return alive_; }
  /// As this host knows it: of an older object, what came later is null.
  const struct ::luna_stack_v1& table() const { return table_; }
  StackClock& clock() { return clock_; }

 private:
  SharedObject object_;
  struct ::luna_stack_v1 table_ = {};
  StackClock clock_;
  LunaSetup setup_{};
  bool alive_ = false;
};
static_assert(!std::is_copy_constructible_v<LunaV1>);

}  // namespace lunadrill
