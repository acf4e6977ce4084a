/* Built with a later minor version of the interface: a longer table, and capabilities that nobody knows yet. */
#include "luna_stack.h"
#define MINOR 99
#define SIZE (sizeof(struct luna_stack_v1) + 64)
#define CAPABILITIES (LUNA_CAP_TCP | LUNA_CAP_IPV4 | LUNA_CAP_CLOCK_HOOK | LUNA_CAP_RELOAD | (UINT64_C(1) << 60))
#include "quiet.h"
