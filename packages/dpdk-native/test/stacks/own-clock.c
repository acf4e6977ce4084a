/* Keeps a clock of its own, so it cannot live in virtual time. */
#include "luna_stack.h"
#define CAPABILITIES (LUNA_CAP_TCP | LUNA_CAP_IPV4 | LUNA_CAP_RELOAD)
#include "quiet.h"
