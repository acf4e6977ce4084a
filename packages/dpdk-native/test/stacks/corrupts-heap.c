/* Frees a buffer twice when the program listens: the C library's allocator finds it. */
#include "luna_stack.h"
static int free_twice(int fd, int backlog);
#define LISTEN free_twice
#include "quiet.h"
static char* volatile buffer;
static int free_twice(int fd, int backlog) {
  buffer = malloc(4096 + (size_t)backlog);
  char* const again = buffer;
  free(buffer);
  __asm__ volatile("" ::: "memory");
  free(again);
  return fd;
}
