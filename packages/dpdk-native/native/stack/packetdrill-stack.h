// A stack behind `packetdrill_interface_init`, upstream's interface. Such an object has a clock, threads and waiting of
// its own, and carries IP packets: netdev_receive has a thread here, which puts what it gives on the wire with the
// moment that the object says; everything else is the host thread's, but for the call that sleeps (object-call.h). What
// goes on in the object cannot be ended, so a process serves one of them. Read first: include/packetdrill_interface.h,
// docs/packetdrill-so.md.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <type_traits>

#include "stack/object-table.h"
#include "stack/packet-source.h"
#include "stack/shared-object.h"
#include "stack/stack-object.h"

namespace lunadrill {

class PacketdrillStack : public StackObject {
 public:
  /// SharedObject's codes; LD_STACK_CLOCK, before anything is loaded.
  PacketdrillStack(const std::string& path, bool virtual_clock);
  ~PacketdrillStack() override { Shutdown(); }

  /// LD_STACK_INIT: the table is empty, or its clock fails. LD_STACK_SYMBOL: functions without which nothing can be run
  /// are missing.
  void Init(const LunaSetup& setup) override;
  /// Ends the object where nothing goes on in it: its netdev_receive is waited for, shortly.
  void Shutdown() override;

  /// Gives it the frames' packets. There is no timer that the host would have to know.
  std::uint64_t Poll(std::uint64_t now_us) override;
  /// Nothing is known of its sockets.
  void ListSockets(luna_socket_visitor, void*) override {}
  std::unique_ptr<ScriptCall> OwnCall() override;
  const char* Trouble() const override;
  bool knows_frames() const override { return false; }
  bool outlives_end() const override { return true; }

 private:
  SharedObject object_;
  std::string name_;
  std::shared_ptr<ObjectTable> functions_;
  std::shared_ptr<PacketSource> source_;
  std::uint16_t port_id_ = 0;
  const char* trouble_ = nullptr;
};
static_assert(!std::is_copy_constructible_v<PacketdrillStack>);

}  // namespace lunadrill
