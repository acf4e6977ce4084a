/* Calls itself without end when the program listens. */
static int dive(int fd, int backlog);
#define LISTEN dive
#include "quiet.h"
static volatile int over;
static int dive(int fd, int backlog) {
  if (over) return fd;
  volatile char room[512];
  room[backlog & 511] = (char)fd;
  return dive(fd, backlog + 1) + room[fd & 511];
}
