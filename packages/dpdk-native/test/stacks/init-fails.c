/* Refuses to start. */
#include "luna_stack.h"
static int refuse(const struct luna_config* config);
#define INIT refuse
#include "quiet.h"
static int refuse(const struct luna_config* config) { return config->mtu > 0 ? -ENOMEM : 0; }
