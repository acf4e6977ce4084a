/* Writes to address 0 when the first IP packet comes. */
#include "luna_stack.h"
static uint64_t crash(uint64_t now_us);
#define POLL crash
#include "quiet.h"
static uint64_t crash(uint64_t now_us) {
  struct rte_mbuf* frame = NULL;
  volatile int* nowhere = NULL;
  while (rte_eth_rx_burst(wire.port_id, 0, &frame, 1) == 1) {
    const unsigned char* octets = rte_pktmbuf_mtod(frame, const unsigned char*);
    if (octets[12] == 8 && octets[13] == 0) *nowhere = (int)now_us;
    rte_pktmbuf_free(frame);
  }
  return UINT64_MAX;
}
