// A folder that belongs to the guarded program: the only one that it may write in, and gone with it.
// Read first: landlock(7).
#pragma once
#include <string>

namespace lunadrill::guard {

/// From now on this process, and all that it starts, changes files below `room` alone (and writes to /dev/null). Where
/// this kernel has no Landlock, nothing happens.
void ConfineTo(const std::string& room);

/// With all that is in it.
void RemoveRoom(const std::string& room);

}  // namespace lunadrill::guard
