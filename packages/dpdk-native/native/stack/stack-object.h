// A stack under test in a shared object, of whichever kind: what the loop polls and what DpdkHost starts and ends. One
// instance at a time. Host thread. The kinds: luna-v1.h, packetdrill-stack.h.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>

#include "luna_stack.h"
#include "poll/script-call.h"
#include "poll/stack-clock.h"

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

class StackObject {
 public:
  explicit StackObject(bool virtual_clock) : clock_(virtual_clock) {}
  StackObject(const StackObject&) = delete;
  StackObject& operator=(const StackObject&) = delete;
  virtual ~StackObject() = default;

  /// The first instance. LD_STACK_INIT; LD_UNSUPPORTED: another family, or an MTU above its own greatest.
  virtual void Init(const LunaSetup& setup) = 0;
  /// Whether the next instance may be made by Reset, with this path, setup and clock.
  virtual bool CanReset(const std::string&, const LunaSetup&, bool) const { return false; }
  /// A fresh instance where CanReset, at time 0 again. LD_STACK_INIT.
  virtual void Reset(bool) {}
  /// Ends the instance; twice is once. Until then, it may be polled and called.
  virtual void Shutdown() = 0;

  /// luna_stack_v1.poll and list_sockets.
  virtual std::uint64_t Poll(std::uint64_t now_us) = 0;
  virtual void ListSockets(luna_socket_visitor visit, void* context) = 0;
  /// A call that this kind carries out by itself; null where the host does, by the functions of table().
  virtual std::unique_ptr<ScriptCall> OwnCall() { return nullptr; }
  /// What has gone wrong beside the calls, in words; null: nothing.
  virtual const char* Trouble() const { return nullptr; }
  /// It takes IP packets out of frames in memory, and none else.
  virtual bool knows_frames() const { return true; }
  /// Parts of it go on after its end, so that the process is fit for nothing else.
  virtual bool outlives_end() const { return false; }

  /// LUNA_CAP_…: whether the stack declares it.
  bool Can(std::uint64_t capability) const { return (table_.capabilities & capability) != 0; }
  bool keeps_loaded() const { return Can(LUNA_CAP_RESET); }
  bool alive() const { return alive_; }
  /// As this host knows it: of an older object, what came later is null.
  const struct ::luna_stack_v1& table() const { return table_; }
  StackClock& clock() { return clock_; }

 protected:
  struct ::luna_stack_v1 table_ = {};
  StackClock clock_;
  bool alive_ = false;
};
static_assert(!std::is_copy_constructible_v<StackObject>);

/// Loads the object and checks what it says of itself: SharedObject's codes, LD_STACK_SYMBOL, LD_STACK_VERSION,
/// LD_STACK_CLOCK (virtual time asked of a stack that has its own clock).
std::unique_ptr<StackObject> LoadStack(const std::string& path, bool virtual_clock);

}  // namespace lunadrill
