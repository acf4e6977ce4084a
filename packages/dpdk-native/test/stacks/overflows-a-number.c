/* Built with AddressSanitizer and UBSan. Adds 1 to the greatest number when the program listens. */
#include <limits.h>
static int add(int fd, int backlog);
#define LISTEN add
#include "quiet.h"
static volatile int room = INT_MAX;
static int add(int fd, int backlog) { return room + backlog > 0 ? fd : 0; }
