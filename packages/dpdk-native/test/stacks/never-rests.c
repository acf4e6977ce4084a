/* Wants to be polled again at once, for ever, after the program has listened. */
#include "luna_stack.h"
static int arm(int fd, int backlog);
static uint64_t again(uint64_t now_us);
#define LISTEN arm
#define POLL again
#include "quiet.h"
static int armed;
static int arm(int fd, int backlog) {
  armed = 1;
  return quiet_call(fd, backlog);
}
static uint64_t again(uint64_t now_us) {
  const uint64_t due = quiet_poll(now_us);
  return armed ? now_us : due;
}
