/* What lwIP asks of a platform. Its heap, mem_malloc and its like, is stacks/lwip/memory.cc. */
#include "arch/cc.h"

/* Xorshift, Marsaglia 2003. */
unsigned int luna_random(void) {
  static unsigned int state = 2463534242u;
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

void mem_init(void);
void mem_init(void) {}
