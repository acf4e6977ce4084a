/* Writes to address 0 when the program listens. */
static int crash(int fd, int backlog);
#define LISTEN crash
#include "quiet.h"
static int crash(int fd, int backlog) {
  volatile int* nowhere = NULL;
  *nowhere = fd + backlog;
  return 0;
}
