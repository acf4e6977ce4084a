// What a stack under `lunadrill run --asan` has allocated and lost, by LeakSanitizer, which is part of
// AddressSanitizer's runtime. Without the runtime nothing is looked for. Host thread. Read first:
// native/preload/heap.cc; docs/sanitizers.md.
#pragma once
#include <atomic>
#include <cstdint>
#include <string>

namespace lunadrill::heap {

/// This thread's allocations are the stack's while the word is not 0; null: no longer.
void Watch(const std::atomic<std::uint32_t>* in_stack);

/// LeakSanitizer's report of what nothing points to any more; "" for nothing. Stops all threads for the moment of the
/// search. The stack's object is still loaded, so that its globals count and its functions have names.
std::string Lost();

}  // namespace lunadrill::heap
