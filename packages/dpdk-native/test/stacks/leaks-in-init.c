/* Opens a socket of the system's when it starts, and never closes it. */
#include <sys/socket.h>

#include "luna_stack.h"
static int open_socket(const struct luna_config* config);
#define INIT open_socket
#include "quiet.h"
static int open_socket(const struct luna_config* config) {
  if (socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) < 0) return -EMFILE;
  return quiet_init(config);
}
