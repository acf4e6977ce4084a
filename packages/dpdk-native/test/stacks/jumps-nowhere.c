/* Calls a function that is not there when the program listens. */
static int jump(int fd, int backlog);
#define LISTEN jump
#include "quiet.h"
static int (*volatile handler)(int);
static int jump(int fd, int backlog) { return handler(fd) + backlog; }
