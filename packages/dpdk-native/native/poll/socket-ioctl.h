// ioctl(2) of a stack's socket, from what the stack tells of it, or by the stack itself where it declares that it can.
// Host thread. Read first: tcp(7), udp(7); luna_stack.h, `ioctl`.
#pragma once
#include <cstdint>

#include "luna_stack.h"
#include "poll/kept-options.h"

namespace lunadrill {

/// Words that end "stack lacks", for a request that neither can answer; null for all others.
const char* LackingIoctl(const struct ::luna_stack_v1& stack, int fd, std::uint32_t request);
/// 0 or a negative errno number. `value`: an int32_t, or null.
int SocketIoctl(const struct ::luna_stack_v1& stack, KeptOptions* options, int fd, std::uint32_t request, void* value);

}  // namespace lunadrill
