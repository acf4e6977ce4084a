/* Never comes back from init. */
#include "luna_stack.h"
static int spin(const struct luna_config* config);
#define INIT spin
#include "quiet.h"
static volatile int over;
static int spin(const struct luna_config* config) {
  while (!over) {
  }
  return config->mtu > 0 ? 0 : -EINVAL;
}
