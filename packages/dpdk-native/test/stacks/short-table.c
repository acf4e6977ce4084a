/* Its table ends before list_sockets, which version 1.0 had. */
#include "luna_stack.h"
#define SIZE (LUNA_STACK_V1_0_SIZE - sizeof(void*))
#include "quiet.h"
