#include "stack/stack-object.h"

#include "stack/elf-exports.h"
#include "stack/luna-v1.h"
#include "stack/packetdrill-stack.h"

namespace lunadrill {

// Told before it is loaded, since the other kind cannot be unloaded. An object of both kinds is ours.
std::unique_ptr<StackObject> LoadStack(const std::string& path, bool virtual_clock) {
  if (Exports(path, "packetdrill_interface_init") && !Exports(path, "luna_stack_v1")) {
    return std::make_unique<PacketdrillStack>(path, virtual_clock);
  }
  return std::make_unique<LunaV1>(path, virtual_clock);
}

}  // namespace lunadrill
