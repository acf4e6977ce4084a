/* Can be configured for packets of 1280 octets at most. */
#include "luna_stack.h"
#define TAIL NULL, NULL, NULL, NULL, 1280, 0
#include "quiet.h"
