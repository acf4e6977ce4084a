/* Stays loaded and is reset between runs; says in ready() how often, which poll(2) shows. */
#include "luna_stack.h"
static int start_again(void);
static int count(int fd);
static void forbidden(void);
#define CAPABILITIES (LUNA_CAP_TCP | LUNA_CAP_IPV4 | LUNA_CAP_CLOCK_HOOK | LUNA_CAP_RESET)
#define RESET start_again
#define READY count
#define SHUTDOWN forbidden
#include "quiet.h"
static int resets;
static int start_again(void) {
  ++resets;
  return 0;
}
static int count(int fd) { return fd == 3 ? resets << 8 : -EBADF; }
static void forbidden(void) { resets = 0; }
