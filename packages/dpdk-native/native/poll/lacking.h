// What a call needs and a stack does not declare: a reason to skip a script, not to fail it. Host thread.
// Read first: luna_stack.h, the capabilities.
#pragma once
#include "luna_stack.h"
#include "poll/descriptors.h"
#include "syscall/call-record.h"

namespace lunadrill {

/// Words that end "stack lacks"; null for what the stack can, or the host does by itself.
const char* Lacking(const struct ::luna_stack_v1& stack, Descriptors* descriptors, CallRecord* record);

}  // namespace lunadrill
