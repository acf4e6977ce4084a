/* Aborts when the program listens. */
static int give_up(int fd, int backlog);
#define LISTEN give_up
#include "quiet.h"
static int give_up(int fd, int backlog) {
  if (fd + backlog > 0) abort();
  return 0;
}
