/* Ends the process when the program listens. */
static int leave(int fd, int backlog);
#define LISTEN leave
#include "quiet.h"
static int leave(int fd, int backlog) { exit(fd + backlog > 0 ? 3 : 0); }
