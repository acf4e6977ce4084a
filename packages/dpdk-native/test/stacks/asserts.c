/* Finds that what it relies on does not hold when the program listens. */
#undef NDEBUG
#include <assert.h>
static int check(int fd, int backlog);
#define LISTEN check
#include "quiet.h"
static int check(int fd, int backlog) {
  assert(backlog > 1000 && "room for connections");
  return fd == 3 ? 0 : -EBADF;
}
