/* Takes 7 MiB of EAL's memory at each start, and gives none back. */
#include <rte_malloc.h>

#include "luna_stack.h"
static int take(const struct luna_config* config);
#define INIT take
#include "quiet.h"
static int take(const struct luna_config* config) {
  wire = *config;
  return rte_malloc("keeps-memory", 7 << 20, 0) == NULL ? -ENOMEM : 0;
}
