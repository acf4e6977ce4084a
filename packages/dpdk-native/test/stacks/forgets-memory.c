/* Built with AddressSanitizer. Forgets a connection when the program listens, and keeps another one in a global. */
#include "luna_stack.h"
static int forget(int fd, int backlog);
#define LISTEN forget
#include "quiet.h"
struct connection {
  int backlog;
  void* queue;
};
static struct connection* volatile newest;
static struct connection* connect_one(int backlog) {
  newest = malloc(sizeof *newest);
  newest->backlog = backlog;
  newest->queue = malloc(100);
  return newest;
}
static int forget(int fd, int backlog) {
  connect_one(backlog);
  newest = NULL;
  connect_one(backlog);
  return quiet_call(fd, backlog);
}
