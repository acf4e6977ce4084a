/* As an object that was built with version 1.0: the table ends where it ended then, in front of octets that are none of
 * it. */
#include "luna_stack.h"
#define MINOR 0
#define SIZE LUNA_STACK_V1_0_SIZE
#define TAIL (void*)1, (void*)1, (void*)1, (void*)1, 99, 99
#define CAPABILITIES (LUNA_CAP_TCP | LUNA_CAP_IPV4 | LUNA_CAP_CLOCK_HOOK | LUNA_CAP_RELOAD)
#include "quiet.h"
