/* Divides by zero when the program listens. */
static int divide(int fd, int backlog);
#define LISTEN divide
#include "quiet.h"
static volatile int nothing;
static int divide(int fd, int backlog) { return (fd + backlog) / nothing; }
