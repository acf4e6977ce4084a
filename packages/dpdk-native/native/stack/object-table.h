// The table that a packetdrill_interface_init has filled, and how many calls that may sleep are in the object. Kept
// alive by whoever may still be in there: threads that do not come back have it for good.
#pragma once
#include <atomic>

#include "packetdrill_interface.h"

namespace lunadrill {

struct ObjectTable {
  packetdrill_interface functions = {};
  // Of a newer upstream, whose init fills more.
  void* reserved[64] = {};
  std::atomic<int> asleep{0};

  void* data() const { return functions.userdata; }
};

}  // namespace lunadrill
