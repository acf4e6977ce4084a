/* Never comes back from the poll after the program has listened. */
#include "luna_stack.h"
static int arm(int fd, int backlog);
static uint64_t spin(uint64_t now_us);
#define LISTEN arm
#define POLL spin
#include "quiet.h"
static volatile int armed;
static int arm(int fd, int backlog) {
  armed = 1;
  return quiet_call(fd, backlog);
}
static uint64_t spin(uint64_t now_us) {
  while (armed) {
  }
  return quiet_poll(now_us);
}
