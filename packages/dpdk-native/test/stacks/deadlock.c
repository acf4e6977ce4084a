/* Takes its lock twice when the first IP packet comes. */
#include <pthread.h>

#include "luna_stack.h"
static uint64_t lock_twice(uint64_t now_us);
#define POLL lock_twice
#include "quiet.h"
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void input(const unsigned char* octets) {
  if (octets[12] != 8 || octets[13] != 0) return;
  pthread_mutex_lock(&lock);
  pthread_mutex_lock(&lock);
}
static uint64_t lock_twice(uint64_t now_us) {
  struct rte_mbuf* frame = NULL;
  while (rte_eth_rx_burst(wire.port_id, 0, &frame, 1) == 1) {
    input(rte_pktmbuf_mtod(frame, const unsigned char*));
    rte_pktmbuf_free(frame);
  }
  return now_us > 0 ? UINT64_MAX : UINT64_MAX - 1;
}
