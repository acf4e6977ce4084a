/* Opens a file for every listener, and never closes it. */
#include <fcntl.h>
static int remember(int fd, int backlog);
#define LISTEN remember
#include "quiet.h"
static int remember(int fd, int backlog) {
  if (open("/dev/null", O_RDONLY | O_CLOEXEC) < 0) return -EMFILE;
  return quiet_call(fd, backlog);
}
