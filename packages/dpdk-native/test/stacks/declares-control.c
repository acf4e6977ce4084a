/* Says that it carries control messages, and has no function for them. */
#include "luna_stack.h"
#define CAPABILITIES (LUNA_CAP_TCP | LUNA_CAP_IPV4 | LUNA_CAP_CLOCK_HOOK | LUNA_CAP_RELOAD | LUNA_CAP_CONTROL)
#include "quiet.h"
