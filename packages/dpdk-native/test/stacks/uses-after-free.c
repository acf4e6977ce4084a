/* Built with AddressSanitizer. Looks at a connection that it has freed when the program listens. */
#include "luna_stack.h"
static int use_freed(int fd, int backlog);
#define LISTEN use_freed
#include "quiet.h"
struct connection {
  int fd;
  int backlog;
};
static struct connection* volatile newest;
static void forget(void) { free(newest); }
static int use_freed(int fd, int backlog) {
  newest = malloc(sizeof *newest);
  newest->backlog = backlog;
  forget();
  return newest->backlog == backlog ? quiet_call(fd, backlog) : -EINVAL;
}
