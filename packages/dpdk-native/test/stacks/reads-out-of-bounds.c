/* Built with AddressSanitizer. Reads an option behind the end of a packet that it has copied, when the first comes. */
#include <string.h>

#include "luna_stack.h"
static uint64_t input(uint64_t now_us);
#define POLL input
#include "quiet.h"
static unsigned char option_of(const unsigned char* packet, size_t length) { return packet[length]; }
static uint64_t input(uint64_t now_us) {
  struct rte_mbuf* frame = NULL;
  uint64_t next = UINT64_MAX;
  while (rte_eth_rx_burst(wire.port_id, 0, &frame, 1) == 1) {
    const unsigned char* octets = rte_pktmbuf_mtod(frame, const unsigned char*);
    const size_t length = rte_pktmbuf_data_len(frame) - 14u;
    if (octets[12] == 8 && octets[13] == 0) {
      unsigned char* packet = malloc(length);
      memcpy(packet, octets + 14, length);
      if (option_of(packet, length) == 2) next = now_us;
      free(packet);
    }
    rte_pktmbuf_free(frame);
  }
  return next;
}
