/* Never comes back from listen. */
static int spin(int fd, int backlog);
#define LISTEN spin
#include "quiet.h"
static volatile int over;
static int spin(int fd, int backlog) {
  while (!over) {
  }
  return fd + backlog;
}
