// Functions of liblwip that are replaced: symbols of this object come before the library's own (memory.cc has more).
// lwipopts.h declares the second one outside of extern "C", so no lwIP header is included.
#include "interpose.h"

namespace luna {

std::uint64_t (*clock_now_us)(void* context) = nullptr;
void* clock_context = nullptr;

}  // namespace luna

#define LUNA_INTERPOSED __attribute__((visibility("default")))

extern "C" {

LUNA_INTERPOSED std::uint32_t sys_now();
LUNA_INTERPOSED void sys_check_core_locking();

// Milliseconds; wraps as lwIP expects it to.
std::uint32_t sys_now() { return static_cast<std::uint32_t>(luna::clock_now_us(luna::clock_context) / 1000); }

// There is one thread and nothing to lock.
void sys_check_core_locking() {}

}  // extern "C"
